import type { Family } from '@unswap/contract'
import type { Region } from './face/landmarks.ts'
import type { ColourShift } from './picture/colour-transfer.ts'
import { type Random, seeded } from './seeded-random.ts'

export const FORGE_KINDS = ['swap', 'self_blend', 'mouth_warp'] as const
/** swap: another person's face; self_blend: the same face, slightly changed; mouth_warp: another expression. */
export type ForgeKind = (typeof FORGE_KINDS)[number]

/** What a forgery of each kind counts as. */
export const FAMILY_OF: Readonly<Record<ForgeKind, Family>> = {
  swap: 'face_swap',
  self_blend: 'face_swap',
  mouth_warp: 'reenactment',
}

/** Every choice of a forgery. Lengths are shares of the face's size. */
export interface Recipe {
  readonly kind: ForgeKind
  readonly region: Region
  readonly inset: number
  readonly feather: number
  /** Most that the forged face replaces, 0..1. */
  readonly opacity: number
  /** Where the inserted face sits: offset, scale, roll in radians. */
  readonly place: { readonly dx: number; readonly dy: number; readonly scale: number; readonly roll: number }
  /** Size of the elastic deformation, and the phases of its waves. */
  readonly elastic: { readonly size: number; readonly phases: readonly number[] }
  /** Share of the target's slow changes of light that the inserted face takes over. */
  readonly shading: number
  readonly colour: ColourShift
  /** Resolution of the inserted face, 1 for full. */
  readonly resolution: number
  /** Shares of the mouth's width: corners up and apart, jaw down. */
  readonly mouth: { readonly smile: number; readonly widen: number; readonly jaw: number }
}

const WAVES = 4
const STILL = { dx: 0, dy: 0, scale: 1, roll: 0 }
const SAME_COLOUR: ColourShift = { lightness: 0, a: 0, b: 0, contrast: 1 }
const REST = { smile: 0, widen: 0, jaw: 0 }

/** The recipe that belongs to a kind and a seed. */
export function drawRecipe(kind: ForgeKind, seed: number): Recipe {
  const random = seeded(seed, kind.length)
  const phases = Array.from({ length: 2 * WAVES }, () => random.uniform(0, 2 * Math.PI))
  const base = { kind, opacity: 1, place: STILL, colour: SAME_COLOUR, mouth: REST, shading: 0, resolution: 1 }
  switch (kind) {
    case 'swap':
      return {
        ...base,
        region: 'face',
        inset: random.uniform(0.05, 0.09),
        feather: random.uniform(0.035, 0.055),
        elastic: { size: 0, phases },
        shading: random.uniform(0.5, 0.75),
        colour: smallShift(random, 0.4),
      }
    case 'self_blend':
      return {
        ...base,
        region: random.pick(['oval', 'below_brows', 'inner']),
        inset: random.uniform(0, 0.12),
        feather: random.uniform(0.02, 0.06),
        opacity: random.pick([0.75, 1, 1, 1]),
        place: placed(random, 1),
        elastic: { size: random.uniform(0.004, 0.012), phases },
        colour: smallShift(random, 1),
        resolution: random.uniform(0.5, 1),
      }
    case 'mouth_warp':
      return {
        ...base,
        region: 'lower',
        inset: 0.06,
        feather: random.uniform(0.03, 0.05),
        elastic: { size: 0, phases },
        resolution: random.uniform(0.6, 0.9),
        mouth: {
          smile: random.pick([-1, 1]) * random.uniform(0.08, 0.16),
          widen: random.uniform(-0.06, 0.06),
          jaw: random.uniform(0.05, 0.14),
        },
      }
  }
}

/** The same forgery a moment later: what a frame-by-frame forger gets slightly different each time. */
export function jitterRecipe(recipe: Recipe, seed: number, amount = 1): Recipe {
  const random = seeded(seed, 77)
  const shake = (size: number) => amount * size * random.normal()
  return {
    ...recipe,
    inset: recipe.inset + shake(0.004),
    feather: Math.max(0.01, recipe.feather + shake(0.002)),
    place: {
      dx: recipe.place.dx + shake(0.004),
      dy: recipe.place.dy + shake(0.004),
      scale: recipe.place.scale * (1 + shake(0.004)),
      roll: recipe.place.roll + shake(0.004),
    },
    colour: { ...recipe.colour, lightness: recipe.colour.lightness + shake(0.5) },
    mouth:
      recipe.kind === 'mouth_warp'
        ? { ...recipe.mouth, jaw: recipe.mouth.jaw + shake(0.02), smile: recipe.mouth.smile + shake(0.01) }
        : recipe.mouth,
  }
}

function placed(random: Random, strength: number): Recipe['place'] {
  return {
    dx: strength * random.uniform(-0.02, 0.02),
    dy: strength * random.uniform(-0.02, 0.02),
    scale: 1 + strength * random.uniform(-0.03, 0.03),
    roll: strength * random.uniform(-0.02, 0.02),
  }
}

function smallShift(random: Random, strength: number): ColourShift {
  return {
    lightness: strength * random.uniform(-4, 4),
    a: strength * random.uniform(-3, 3),
    b: strength * random.uniform(-3, 3),
    contrast: 1 + strength * random.uniform(-0.12, 0.12),
  }
}
