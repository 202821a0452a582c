import { OUTPUTS, type Scores } from '@unswap/contract'

/** Logistic function: a logit as a probability. */
export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit))

/**
 * Uncalibrated scores of one face: per output the sigmoid of the mean logit over the models that have it
 * (0 where none has).
 * @param logits per model, in the order of `OUTPUTS`; NaN for an output that the model lacks
 */
export function scoresOf(logits: readonly Float32Array[]): Scores {
  const score = (output: number): number => {
    const known = logits.map((own) => own[output]!).filter((logit) => !Number.isNaN(logit))
    return known.length ? sigmoid(known.reduce((sum, logit) => sum + logit, 0) / known.length) : 0
  }
  return Object.fromEntries(OUTPUTS.map((name, output) => [name, score(output)])) as Scores
}
