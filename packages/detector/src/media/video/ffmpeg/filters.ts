import { sameSize, type VideoShape, type VideoStream } from '../decoder.ts'
import type { Run } from '../frame-times.ts'
import { selectExpression } from '../selection.ts'

/** What the ffmpeg that is installed knows. */
export interface Abilities {
  /** `-fps_mode` instead of `-vsync`, and `showinfo` without its checksums: ffmpeg 5.1. */
  readonly modern: boolean
  /** The filter `estdif`: ffmpeg 4.4. */
  readonly edgeTracing: boolean
}

/** @param version Null where it is unknown. Builds from ffmpeg's repository, whose version is a revision, are new. */
export function abilitiesOf(version: string | null): Abilities {
  const [, major = '99', minor = '0'] = /^n?(\d+)\.(\d+)/.exec(version ?? '') ?? []
  const since = (first: number, second: number) =>
    Number(major) > first || (Number(major) === first && Number(minor) >= second)
  return { modern: since(5, 1), edgeTracing: since(4, 4) }
}

/** The chain from decoded frames to upright RGB. Selection comes first, so that what is not chosen costs nothing more. */
export function filters(stream: VideoStream, run: Run, { modern, edgeTracing }: Abilities): string {
  const variable = stream.numbered ? 'n' : 'pts'
  const values = run.chosen.map((place) => ({
    place,
    value: stream.numbered ? place : stream.timeline.ticks[place]!,
  }))
  const { stored, scaled, rotation } = stream.shape
  const halved = stream.interlaced === true && !edgeTracing
  const traced = stream.interlaced !== false && edgeTracing
  // Chroma is repeated, as the bundled decoder does, and computed in full: ffmpeg's fast path is off by up to 3 levels.
  const scaler = sameSize(stored, scaled) && !halved ? 'neighbor' : 'bicubic'
  const flags = `${scaler}+accurate_rnd+full_chroma_int`
  const end = values.at(-1)!.value + 1
  return [
    // Decoding ends here even if the last chosen frame is damaged and never comes.
    stream.numbered ? `trim=end_frame=${end}` : `trim=end_pts=${end}`,
    `select='${selectExpression(variable, values)}'`,
    modern ? 'showinfo=checksum=0' : 'showinfo',
    // Neighbours of a chosen frame are those of the selection, so only what works inside one frame will do.
    ...(halved ? ['field=top'] : traced ? ['estdif=mode=frame:deint=interlaced'] : []),
    `scale=${scaled.width}:${scaled.height}:flags=${flags}`,
    'format=rgb24',
    ...TURNS[rotation],
  ].join(',')
}

const TURNS: Record<VideoShape['rotation'], readonly string[]> = {
  0: [],
  90: ['transpose=clock'],
  180: ['hflip', 'vflip'],
  270: ['transpose=cclock'],
}
