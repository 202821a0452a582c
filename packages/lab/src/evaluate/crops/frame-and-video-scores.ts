import type { Label } from '../../lab-vocabulary.ts'
import type { Sample } from '../metrics/labelled-sample.ts'

/** One scored face of one frame. */
export interface FaceScore {
  readonly label: Label
  readonly video: string
  readonly frame: number
  /** Side of the crop in pixels of the frame. */
  readonly side: number
  readonly value: number
}

/** Per frame the highest value among its faces at least half as large as the largest. */
export function perFrame(faces: readonly FaceScore[]): (Sample & { readonly frame: number })[] {
  const frames = Map.groupBy(faces, ({ video, frame }) => `${video}\0${frame}`)
  return [...frames.values()].map((shown) => {
    const largest = Math.max(...shown.map(({ side }) => side))
    const value = Math.max(...shown.filter(({ side }) => side >= largest / 2).map(({ value }) => value))
    const { label, video, frame } = shown[0]!
    return { label, value, group: video, frame }
  })
}

/** Per video the mean over its frames: the rule that published video figures follow. */
export function perVideo(frames: readonly Sample[]): Sample[] {
  const videos = Map.groupBy(frames, ({ group }) => group)
  return [...videos.entries()].map(([group, shown]) => ({
    label: shown[0]!.label,
    value: shown.reduce((sum, { value }) => sum + value, 0) / shown.length,
    group,
  }))
}
