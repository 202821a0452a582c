import { addSample } from '../../forge/face/warp-face.ts'
import { seeded } from '../../forge/seeded-random.ts'
import type { Square } from '../crops/detector-view.ts'

/**
 * The picture as if the face had been found a little elsewhere, larger or tilted. Beyond the stored crop its edge is repeated.
 * @param kind `shift`: by `level` of the side, in a drawn direction. `zoom`: out, by the factor `level`. `turn`: by `level`
 * degrees, to a drawn side.
 */
export function jitterCrop(
  { size, rgb }: Square,
  kind: 'shift' | 'zoom' | 'turn',
  level: number,
  seed: number,
): Square {
  const random = seeded(seed, 17)
  const direction = random.uniform(0, 2 * Math.PI)
  const way = kind === 'shift' ? level * size : 0
  const angle = kind === 'turn' ? (random.pick([-1, 1]) * level * Math.PI) / 180 : 0
  const zoom = kind === 'zoom' ? level : 1
  const [cos, sin] = [zoom * Math.cos(angle), zoom * Math.sin(angle)]
  const picture = { width: size, height: size, data: rgb }
  const out = new Float32Array(3 * size * size)
  for (let i = 0; i < size * size; i++) {
    const x = (i % size) + 0.5 - size / 2
    const y = Math.floor(i / size) + 0.5 - size / 2
    const u = size / 2 + cos * x - sin * y + way * Math.cos(direction)
    const v = size / 2 + sin * x + cos * y + way * Math.sin(direction)
    addSample(picture, u, v, out, 3 * i, 1)
  }
  return { size, rgb: Uint8Array.from(out, Math.round) }
}
