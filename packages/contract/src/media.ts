import Type, { type Static } from 'typebox'
import { Nullable, Sha256 } from './primitives.ts'
import { MediaKind } from './vocabulary-schema.ts'

/** What is known of the media before its pixels are looked at. Sizes are of the upright picture. */
export const MediaInfo = Type.Object({
  sha256: Sha256(),
  kind: MediaKind,
  format: Type.String({
    description:
      'jpeg, png, webp, avif, gif, tiff, heic, mp4, mov, webm, mkv, avi, ts, mpg, flv, wmv, ogv, mxf',
  }),
  bytes: Type.Integer({ minimum: 1 }),
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  codec: Nullable(Type.String({ description: 'video codec, null for images' })),
  durationSeconds: Nullable(Type.Number({ minimum: 0 })),
  frameCount: Nullable(
    Type.Integer({ minimum: 0, description: 'frames in the stream, where the container says' }),
  ),
  frameRate: Nullable(Type.Number({ description: 'mean frames per second' })),
  rotation: Type.Enum([0, 90, 180, 270], {
    description: 'clockwise degrees that were applied to make it upright',
  }),
  decoder: Type.String({ description: 'what decoded it: sharp, heif, ffmpeg or webcodecs' }),
})
export type MediaInfo = Static<typeof MediaInfo>

/** Which frames of a video are analysed. */
export const Sampling = Type.Union([
  Type.Object(
    {
      count: Type.Integer({ minimum: 1, maximum: 100_000 }),
      closer: Type.Optional(
        Type.Literal(true, {
          description: 'and more frames around faces that were seen in too few of them to be judged',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object({ fps: Type.Number({ exclusiveMinimum: 0, maximum: 240 }) }, { additionalProperties: false }),
  Type.Object({ all: Type.Literal(true) }, { additionalProperties: false }),
])
export type Sampling = Static<typeof Sampling>

/** The limits that hold when nobody sets others: bytes, pixels, seconds of video, frames, seconds of computing. */
export const DEFAULT_LIMITS = {
  bytes: 2 * 1024 ** 3,
  pixels: 100_000_000,
  durationSeconds: 4 * 3600,
  frames: 20_000,
  seconds: 3600,
}

/** Bounds that are checked before anything is decoded. */
export const Limits = Type.Object({
  bytes: Type.Integer({ minimum: 1, default: DEFAULT_LIMITS.bytes, description: 'largest file' }),
  pixels: Type.Integer({
    minimum: 1,
    default: DEFAULT_LIMITS.pixels,
    description: 'largest picture or frame, width × height',
  }),
  durationSeconds: Type.Number({
    exclusiveMinimum: 0,
    default: DEFAULT_LIMITS.durationSeconds,
    description: 'longest video',
  }),
  frames: Type.Integer({ minimum: 1, default: DEFAULT_LIMITS.frames, description: 'most frames analysed' }),
  seconds: Type.Number({
    exclusiveMinimum: 0,
    default: DEFAULT_LIMITS.seconds,
    description: 'longest analysis',
  }),
})
export type Limits = Static<typeof Limits>
