import { UnswapError } from '@unswap/contract'
import { LABELS, type Label } from '../../lab-vocabulary.ts'

/** One judged thing: a crop, a frame or a whole video. A higher value means more manipulated: logit, score or probability. */
export interface Sample {
  readonly label: Label
  readonly value: number
  /** What is drawn together by the bootstrap and kept together by folds: the video, or the image itself. */
  readonly group: string
  /** How much it counts where data are judged as if they held another share of fakes; 1 by default. */
  readonly weight?: number
}

/** Throws `bad_option` when a measure would have no meaning: a label missing, or a value that is not a number. */
export function requireBoth(samples: readonly Sample[]): void {
  const bad = samples.find(({ value }) => Number.isNaN(value))
  if (bad) throw new UnswapError('bad_option', `A score of ${bad.group} is not a number; score it again.`)
  for (const label of LABELS) {
    if (!samples.some((sample) => sample.label === label)) {
      throw new UnswapError(
        'bad_option',
        `There is no ${label} sample; this measure needs real and fake ones.`,
      )
    }
  }
}
