import { Family, Nullable } from '@unswap/contract'
import Type, { type Static } from 'typebox'
import { LABELS, SPLITS, TRAITS, type Trait } from '../lab-vocabulary.ts'
import { STORED_CROP } from './crop-geometry.ts'

/** Version of the prepared layout; a folder of another version is never added to. */
export const PREPARED = 'unswap.prepared/1'

const traits = Object.fromEntries(TRAITS.map((trait) => [trait, Type.String()])) as Record<
  Trait,
  Type.TString
>

/**
 * One line of `index.jsonl`: a crop of a prepared data set, as the trainer reads it.
 * The picture is a JPEG at `offset` of `<shard>.jpg.bin`. The 468 mesh points lie at `row` × 1,872 bytes of
 * `<shard>.points.bin`. Each is x, y as little-endian uint16; value / 65535 × 2 − 0.5 is in units of the crop's side.
 */
export const CropRow = Type.Object({
  version: Type.Literal(PREPARED),
  shard: Type.String(),
  row: Type.Integer({ minimum: 0 }),
  offset: Type.Integer({ minimum: 0 }),
  bytes: Type.Integer({ minimum: 1 }),
  size: Type.Integer({
    minimum: STORED_CROP.leastSize,
    description: `side of the stored crop in pixels, at most ${STORED_CROP.size}`,
  }),
  margin: Type.Number({ minimum: 1 }),
  source: Type.String({ description: 'data set' }),
  path: Type.String({ description: 'of the media, relative to the data set' }),
  video: Type.String(),
  identity: Type.String({ description: 'who it was before any swap; the video where nobody knows' }),
  identities: Type.Array(Type.String(), { description: 'everyone whose face is in it: never in two splits' }),
  split: Type.Enum([...SPLITS]),
  label: Type.Enum([...LABELS]),
  family: Nullable(Family),
  method: Nullable(Type.String()),
  compression: Nullable(Type.String()),
  traits: Type.Optional(
    Type.Partial(Type.Object(traits), {
      description: 'of the person who is seen, in the words of the data set; only where it tells',
    }),
  ),
  seconds: Type.Number({ minimum: 0 }),
  quality: Type.Object({
    side: Type.Number({ description: 'side of the crop in pixels of the frame' }),
    presence: Type.Number({ description: 'probability that the mesh sees a face' }),
    detectionScore: Type.Number(),
  }),
  media: Type.Object(
    {
      width: Type.Integer(),
      height: Type.Integer(),
      bytes: Type.Integer(),
      durationSeconds: Nullable(Type.Number()),
    },
    { description: 'of the media that it came from: what a shortcut could be learnt from' },
  ),
  hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'perceptual hash of the crop' }),
})
export type CropRow = Static<typeof CropRow>
