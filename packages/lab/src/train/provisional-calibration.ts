import { type Calibration, UnswapError } from '@unswap/contract'
import { calibrateMedia } from '../calibration/calibrate-media.ts'
import { type BandRates, fewest } from '../calibration/conformal-bands.ts'
import type { PooledMedia } from '../evaluate/crops/pool-media.ts'

const PROMISE: BandRates = { falsePositiveRate: 0.05, missRate: 0.1 }
/** Fewer media of a label tell nothing at all. */
const LEAST = 3
/** Fewer usable frames of a video give no verdict, as in the calibrations that come with the project. */
const FRAMES = { prior: 0.5, minimumFrames: 8, strata: [112, 224] } as const

/**
 * A calibration from whatever media there are. `fitted` where they are enough to promise the rates. With fewer it is
 * `provisional`, and says why: its bands hold at the rates that so few can show. With next to none nothing is ever judged.
 * @param from which media they are
 */
export function calibrateHonestly(media: readonly PooledMedia[], from: string): Calibration {
  const count = (label: PooledMedia['label']) => media.filter((one) => one.label === label).length
  const counts = { real: count('real'), fake: count('fake') }
  const kinds = (['image', 'video'] as const).filter((kind) => media.some((one) => one.kind === kind))
  const least = (label: PooledMedia['label']) =>
    Math.min(...kinds.map((kind) => media.filter((one) => one.kind === kind && one.label === label).length))
  const [reals, fakes] = kinds.length === 0 ? [0, 0] : [least('real'), least('fake')]
  const rates = {
    falsePositiveRate: attainable(PROMISE.falsePositiveRate, reals),
    missRate: attainable(PROMISE.missRate, fakes),
  }
  const promised =
    rates.falsePositiveRate === PROMISE.falsePositiveRate && rates.missRate === PROMISE.missRate
  const few = `${counts.real} real and ${counts.fake} manipulated media`
  if (reals < LEAST || fakes < LEAST) return unjudging(`${from}: ${few} are too few for any calibration`)
  const why = `too few to promise less: ${fewest(PROMISE.falsePositiveRate)} real and ${fewest(PROMISE.missRate)} manipulated ones of each kind are needed`
  const fittedOn = promised ? from : `${from}; ${few} are ${why}`
  try {
    const { calibration } = calibrateMedia(media, { ...FRAMES, ...rates, fittedOn })
    return promised ? calibration : { ...calibration, status: 'provisional' }
  } catch (thrown) {
    if (thrown instanceof UnswapError && thrown.code === 'bad_option')
      return unjudging(`${from}: ${thrown.message}`)
    throw thrown
  }
}

/** The rate itself, or the smallest that so many media can show. */
const attainable = (rate: number, count: number) =>
  count >= fewest(rate) ? rate : Math.min(0.5, Math.ceil(1000 / (count + 1)) / 1000 + 1e-6)

/** Every logit is as likely manipulated as not, so that every verdict is inconclusive. */
function unjudging(fittedOn: string): Calibration {
  const part = {
    curve: { knots: [-1, 1], logOdds: [0, 0], spread: [5, 5] },
    bands: { authentic: 0, manipulated: 1, falsePositiveRate: 0.05 },
    samples: 0,
  }
  const { prior, minimumFrames } = FRAMES
  return {
    status: 'provisional',
    fittedOn: `Nothing. ${fittedOn}`,
    prior,
    image: part,
    video: part,
    minimumFrames,
  }
}
