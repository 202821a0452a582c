import { sameSize, type VideoShape, type VideoStream } from '../decoder.ts'
import type { Run } from '../frame-times.ts'
import { selectExpression } from './select-expression.ts'

/** Features of the installed ffmpeg. */
export interface Abilities {
  /** `-fps_mode` instead of `-vsync`, and `showinfo` without its checksums: ffmpeg 5.1. */
  readonly modern: boolean
  /** The filter `estdif`: ffmpeg 4.4. */
  readonly edgeTracing: boolean
}

/** @param version null where it is unknown; a build whose version is a revision of the repository counts as new */
export function abilitiesOf(version: string | null): Abilities {
  const [, major = '99', minor = '0'] = /^n?(\d+)\.(\d+)/.exec(version ?? '') ?? []
  const since = (first: number, second: number) =>
    Number(major) > first || (Number(major) === first && Number(minor) >= second)
  return { modern: since(5, 1), edgeTracing: since(4, 4) }
}

/** The filters from decoded frames to upright RGB. Selection comes first, so that other frames cost nothing more. */
export function filters(stream: VideoStream, run: Run, { modern, edgeTracing }: Abilities): string {
  const variable = stream.numbered ? 'n' : 'pts'
  const values = run.chosen.map((place) => ({
    place,
    value: stream.numbered ? place : stream.timeline.ticks[place]!,
  }))
  const { stored, scaled, rotation, mirrored } = stream.shape
  const halved = stream.interlaced === true && !edgeTracing
  const traced = stream.interlaced !== false && edgeTracing
  // Chroma is repeated, as in the bundled decoder, and computed exactly: ffmpeg's fast path is off by up to 3 levels.
  const scaler = sameSize(stored, scaled) && !halved ? 'neighbor' : 'bicubic'
  const flags = `${scaler}+accurate_rnd+full_chroma_int`
  const end = values.at(-1)!.value + 1
  return [
    // Ends decoding even if the last chosen frame is damaged and never comes out.
    stream.numbered ? `trim=end_frame=${end}` : `trim=end_pts=${end}`,
    `select='${selectExpression(variable, values)}'`,
    modern ? 'showinfo=checksum=0' : 'showinfo',
    // Neighbouring frames have been dropped by the selection, so deinterlacing must work inside one frame.
    ...(halved ? ['field=top'] : traced ? ['estdif=mode=frame:deint=interlaced'] : []),
    `scale=${scaled.width}:${scaled.height}:flags=${flags}`,
    'format=rgb24',
    ...TURNS[rotation],
    ...(mirrored ? ['hflip'] : []),
  ].join(',')
}

const TURNS: Record<VideoShape['rotation'], readonly string[]> = {
  0: [],
  90: ['transpose=clock'],
  180: ['hflip', 'vflip'],
  270: ['transpose=cclock'],
}
