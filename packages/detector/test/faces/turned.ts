// The test photographs, turned about their centre by any angle, with the places and rolls of their faces.
import sharp from 'sharp'
import { pyramidOf } from '../../src/faces/pyramid.ts'
import type { Picture } from '../../src/media/frame.ts'
import type { Head } from './heads.ts'
import type { Placed, Scene } from './scenes.ts'

/** The photographs that heads come from, each once and at half size, with its faces. */
export function photographsOf(heads: readonly Head[]): Scene[] {
  const scenes = new Map<Picture, Placed[]>()
  for (const { picture, square } of heads) {
    const [x, y] = square.centre
    const face: Placed = { centre: [x / 2, y / 2], size: square.side / 2, roll: square.roll }
    scenes.set(picture, [...(scenes.get(picture) ?? []), face])
  }
  return [...scenes].map(([picture, faces]) => ({ picture: pyramidOf(picture).level(1), faces }))
}

/** A scene turned clockwise. Its picture grows to hold all of it; the corners are grey. */
export async function turnScene({ picture, faces }: Scene, degrees: number): Promise<Scene> {
  const { width, height } = picture
  const { data, info } = await sharp(picture.data, { raw: { width, height, channels: 3 } })
    .rotate(degrees, { background: '#808080' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const turn = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  return {
    picture: { width: info.width, height: info.height, data: new Uint8Array(data) },
    faces: faces.map(({ centre: [x, y], size, roll }) => {
      const [dx, dy] = [x - width / 2, y - height / 2]
      return {
        centre: [info.width / 2 + dx * cos - dy * sin, info.height / 2 + dx * sin + dy * cos],
        size,
        roll: roll + turn,
      }
    }),
  }
}
