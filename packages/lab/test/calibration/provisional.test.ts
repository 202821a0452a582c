import { readFileSync } from 'node:fs'
import { Calibration } from '@unswap/contract'
import Value from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { deriveProvisional, XCEPTION_1 } from '../../src/index.ts'

const shipped: unknown = JSON.parse(
  readFileSync(new URL('../../../../models/xception-1/calibration.json', import.meta.url), 'utf8'),
)
const derived = deriveProvisional(XCEPTION_1)

describe('the provisional calibration', () => {
  it('is what the model card’s table gives', () => {
    expect(Value.Check(Calibration, shipped)).toBe(true)
    expect(shipped).toEqual(derived)
  })

  it('gives in the highest bin what the shares give by hand', () => {
    // Lehmann: 0.006 ** (1 / 0.6 − 1) = 0.033; mixture 0.3806, real 0.006; both drawn to a half by Wilson's z² / 2
    const mixture = (0.82 + 0.35 + 0.015 + 0.721 + 0.34 + 0.006 ** (2 / 3)) / 6
    const odds = Math.log(
      (mixture * 3577 + 1.353) / (3577 + 2.706) / ((0.006 * 1198 + 1.353) / (1198 + 2.706)),
    )
    expect(derived.image.curve.logOdds.at(-1)).toBeCloseTo(odds, 3)
  })

  it('starts its band where at most about 2 % of real crops lie above', () => {
    expect(derived.image.bands.falsePositiveRate).toBe(0.014)
    expect(derived.video.bands.falsePositiveRate).toBe(0.021)
  })

  it('says less when there are fewer samples', () => {
    const few = deriveProvisional({
      ...XCEPTION_1,
      photographs: { ...XCEPTION_1.photographs, count: 60 },
    })
    expect(few.image.curve.logOdds.at(-1)).toBeLessThan(derived.image.curve.logOdds.at(-1)!)
    expect(few.image.curve.spread.at(-1)).toBeGreaterThan(derived.image.curve.spread.at(-1)!)
  })

  it('calls authentic less sure, the less the model sees', () => {
    const blind = deriveProvisional({ ...XCEPTION_1, hardlySeenAuc: 0.5 })
    expect(blind.image.curve.logOdds[0]).toBeGreaterThan(derived.image.curve.logOdds[0]!)
  })

  it('never falls', () => {
    const dented = deriveProvisional({
      ...XCEPTION_1,
      photographs: { count: 1198, above: [0.114, 0.113, 0.028, 0.014, 0.006] },
    })
    const { logOdds } = dented.image.curve
    expect(logOdds).toEqual(logOdds.toSorted((a, b) => a - b))
  })
})
