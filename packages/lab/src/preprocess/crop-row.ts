import { Family, Quality } from '@unswap/contract'
import Type, { type Static } from 'typebox'

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * One line of `index.jsonl`: a crop of a prepared data set, as the trainer reads it.
 * The picture is a JPEG at `offset` of `<shard>.jpg.bin`. The 468 mesh points lie at `row` × 1,872 bytes of
 * `<shard>.points.bin`: x, y as little-endian uint16, value / 65535 × 2 − 0.5 in units of the crop's side.
 */
export const CropRow = Type.Object({
  shard: Type.String(),
  row: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 1 }),
  size: Type.Integer({ minimum: 32, description: 'side of the stored crop in pixels, at most 288' }),
  margin: Type.Number({ minimum: 1 }),
  source: Type.String({ description: 'data set' }),
  video: Type.String(),
  identity: Type.String({ description: 'never in two splits; the video’s where nothing better is known' }),
  split: Type.Enum(['train', 'val', 'test']),
  label: Type.Enum(['real', 'fake']),
  family: Nullable(Family),
  method: Nullable(Type.String()),
  compression: Nullable(Type.String()),
  seconds: Type.Number({ minimum: 0 }),
  quality: Quality,
  versions: Type.Object({ unswap: Type.String(), mesh: Type.String() }),
})
export type CropRow = Static<typeof CropRow>
