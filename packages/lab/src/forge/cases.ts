import type { View } from './camera.ts'
import type { ForgeKind } from './recipe.ts'
import type { Clip } from './video.ts'

/** A face of a photograph in `real/`: the `at`-th from the left. */
export interface FaceOf {
  readonly picture: string
  readonly at: number
}

export interface PictureCase {
  /** File in `fake/`, without the mask's. */
  readonly file: string
  readonly kind: ForgeKind
  readonly target: FaceOf
  readonly source: FaceOf | null
  readonly seed: number
}

export interface ClipCase {
  /** Files in `video/` are `real-<name>.mp4`, and `fake-<name>-<kind>.mp4` for each forgery. */
  readonly name: string
  readonly subject: FaceOf
  readonly clip: Clip
  readonly forgeries: readonly { readonly kind: ForgeKind; readonly source: FaceOf | null }[]
  readonly seed: number
}

const astronaut = { picture: 'astronaut.png', at: 0 }
const hopper = { picture: 'grace_hopper.jpg', at: 0 }
const group = (number: number, at: number): FaceOf => ({ picture: `group-${number}.jpg`, at })

/**
 * The forged photographs. Within a group the pairs are those of nearest pose, as a forger would choose; seeds are
 * counted up. None was chosen by what a detector says.
 */
export const PICTURES: readonly PictureCase[] = [
  { file: 'astronaut-swap.png', kind: 'swap', target: astronaut, source: hopper, seed: 1 },
  { file: 'grace_hopper-swap.jpg', kind: 'swap', target: hopper, source: astronaut, seed: 2 },
  { file: 'astronaut-self_blend.jpg', kind: 'self_blend', target: astronaut, source: null, seed: 3 },
  { file: 'grace_hopper-self_blend.jpg', kind: 'self_blend', target: hopper, source: null, seed: 4 },
  { file: 'astronaut-mouth_warp.jpg', kind: 'mouth_warp', target: astronaut, source: null, seed: 5 },
  { file: 'grace_hopper-mouth_warp.jpg', kind: 'mouth_warp', target: hopper, source: null, seed: 6 },
  { file: 'group-3-swap.jpg', kind: 'swap', target: group(3, 0), source: group(3, 1), seed: 7 },
  { file: 'group-6-swap.jpg', kind: 'swap', target: group(6, 0), source: group(6, 2), seed: 9 },
]

const see = (x: number, y: number, width: number): View => ({
  centre: [x, y],
  width,
  roll: 0,
  gain: [1, 1, 1],
})
const short = { width: 480, height: 480, fps: 25, seconds: 3, noise: 1.5, crf: 22 }

export const CLIPS: readonly ClipCase[] = [
  {
    name: 'astronaut',
    subject: astronaut,
    clip: { ...short, view: see(224, 150, 290) },
    forgeries: [
      { kind: 'swap', source: hopper },
      { kind: 'mouth_warp', source: null },
    ],
    seed: 1,
  },
  {
    name: 'grace_hopper',
    subject: hopper,
    clip: { ...short, view: see(265, 255, 440) },
    forgeries: [
      { kind: 'swap', source: astronaut },
      { kind: 'self_blend', source: null },
    ],
    seed: 2,
  },
  {
    name: 'group-6',
    subject: group(6, 0),
    clip: { ...short, width: 640, height: 360, view: see(560, 560, 860) },
    forgeries: [{ kind: 'swap', source: group(6, 2) }],
    seed: 3,
  },
]
