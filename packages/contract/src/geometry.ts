import Type, { type Static } from 'typebox'

/** A point in pixels of the upright picture (after EXIF or container rotation); [0, 0] is the top left corner. */
export const Point = Type.Tuple([Type.Number(), Type.Number()])
export type Point = Static<typeof Point>

/** A box in pixels of the upright picture; it may reach over the edges. */
export const Box = Type.Object({
  x: Type.Number(),
  y: Type.Number(),
  width: Type.Number({ minimum: 0 }),
  height: Type.Number({ minimum: 0 }),
})
export type Box = Static<typeof Box>

/** Where a crop lies in its picture: centre and side in pixels, roll in radians (clockwise on screen). */
export const CropTransform = Type.Object({
  centre: Point,
  side: Type.Number({ exclusiveMinimum: 0 }),
  roll: Type.Number({ minimum: -Math.PI, maximum: Math.PI }),
})
export type CropTransform = Static<typeof CropTransform>
