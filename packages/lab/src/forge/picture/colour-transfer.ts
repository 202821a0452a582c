import { blur } from './blur.ts'
import { fromLab, toLab } from './cie-lab.ts'
import type { Patch, Weights } from './patch.ts'

/** Contrast may grow or shrink by this factor at most; more would bring out noise. */
const MOST_CONTRAST = 1.6

/** A change of colour: offsets in L*a*b* units (a, b about −128..128) and a factor of contrast about the mean. */
export interface ColourShift {
  readonly lightness: number
  readonly a: number
  readonly b: number
  readonly contrast: number
}

/**
 * Gives `patch` the mean and spread that `like` has under `mask`, in each channel of L*a*b* (Reinhard et al. 2001,
 * "Color transfer between images").
 */
export function matchColour(patch: Patch, like: Patch, mask: Weights): Patch {
  const lab = toLab(patch.rgb)
  const model = toLab(like.rgb)
  for (let c = 0; c < 3; c++) {
    const from = statistics(lab, mask, c)
    const to = statistics(model, mask, c)
    const ratio = Math.min(Math.max(to.spread / from.spread, 1 / MOST_CONTRAST), MOST_CONTRAST)
    for (let i = c; i < lab.length; i += 3) lab[i] = (lab[i]! - from.mean) * ratio + to.mean
  }
  return { ...patch, rgb: fromLab(lab) }
}

/**
 * Moves the slow changes of light of `patch` towards those of `like`, so that one-sided light carries over.
 * @param share 0 keeps the patch's own light, 1 takes all of the other's
 * @param sigma what counts as slow, in pixels
 */
export function matchShading(patch: Patch, like: Patch, mask: Weights, share: number, sigma: number): Patch {
  const { width, height } = patch
  const lab = toLab(patch.rgb)
  const difference = toLab(like.rgb).map((value, i) => (value - lab[i]!) * mask[Math.floor(i / 3)]!)
  const slow = blur(difference, width, height, 3, sigma)
  const weight = blur(mask, width, height, 1, sigma)
  const lit = lab.map((value, i) => value + (share * slow[i]!) / Math.max(weight[Math.floor(i / 3)]!, 1e-3))
  return { ...patch, rgb: fromLab(lit) }
}

export function shiftColour(patch: Patch, mask: Weights, shift: ColourShift): Patch {
  const lab = toLab(patch.rgb)
  const offsets = [shift.lightness, shift.a, shift.b] as const
  const { mean } = statistics(lab, mask, 0)
  for (let i = 0; i < lab.length; i += 3) {
    lab[i] = (lab[i]! - mean) * shift.contrast + mean
    for (let c = 0; c < 3; c++) lab[i + c]! += offsets[c]!
  }
  return { ...patch, rgb: fromLab(lab) }
}

function statistics(lab: Float32Array, mask: Weights, channel: number): { mean: number; spread: number } {
  let [total, sum, squares] = [1e-6, 0, 0]
  for (let i = 0; i < mask.length; i++) {
    const value = lab[3 * i + channel]!
    total += mask[i]!
    sum += mask[i]! * value
    squares += mask[i]! * value * value
  }
  const mean = sum / total
  return { mean, spread: Math.sqrt(Math.max(squares / total - mean * mean, 1e-3)) }
}
