/** How far training is. */
export interface TrainingStep {
  readonly step: number
  readonly loss: number
  readonly imagesPerSecond: number
  /** As the trainer says it, such as `1 h 02 min`. */
  readonly left: string
}

const LINE = /^step (\d+) rate \S+ classification (\S+) map \S+ crops\/s (\S+), (.+) left$/

/** A line of `unswap_trainer.train` that tells of a step; null for any other. */
export function parseStep(line: string): TrainingStep | null {
  const [, step, loss, speed, left] = LINE.exec(line) ?? []
  if (left === undefined) return null
  return { step: Number(step), loss: Number(loss), imagesPerSecond: Number(speed), left }
}
