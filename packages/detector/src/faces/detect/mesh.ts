import type { CropTransform, Point } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { Session } from '../../onnx/session.ts'
import { frameMesh } from '../align.ts'
import type { Detection, Mesh } from '../face.ts'
import { sampleSquare } from '../sample-square.ts'
import { withBuffer } from './input-buffer.ts'
import { rollOf } from './roll.ts'

const SIZE = 192
/** Side of the network's square, in longer sides of the face's box. */
const CONTEXT = 1.5

/** Points of the mesh for the five landmarks. Each eye is the middle of its two corners. */
const EYES = [
  [33, 133],
  [362, 263],
] as const
const NOSE_TIP = 1
const MOUTH_CORNERS = [61, 291] as const

/** The square in which the mesh network looks for the face of a detection: eyes level, 1.5 × the box's longer side. */
export function squareOfDetection(detection: Detection): CropTransform {
  const { box } = detection
  return {
    centre: [box.x + box.width / 2, box.y + box.height / 2],
    side: CONTEXT * Math.max(box.width, box.height, 1),
    roll: rollOf(detection),
  }
}

/** The same square about a known mesh, which is more exact than a detector's box. */
export function squareOfMesh(mesh: Mesh): CropTransform {
  const square = frameMesh(mesh)
  return { ...square, side: CONTEXT * Math.max(square.side, 1) }
}

/** Runs the mesh network (Kartynnik et al. 2019) on one square of the picture. */
export async function meshIn(network: Session, picture: Picture, square: CropTransform): Promise<Mesh> {
  const results = await withBuffer(3 * SIZE * SIZE, (buffer) => {
    const data = sampleSquare(picture, square, SIZE, { scale: 1 / 255, offset: 0, quick: true }, buffer)
    return network.run({ in_0: { data, dims: [1, 3, SIZE, SIZE] } })
  })
  const local = results.out_0!.data
  const scale = square.side / SIZE
  const [cos, sin] = [Math.cos(square.roll) * scale, Math.sin(square.roll) * scale]
  const points = new Float32Array(local.length)
  for (let i = 0; i < local.length; i += 3) {
    const [u, v] = [local[i]! - SIZE / 2, local[i + 1]! - SIZE / 2]
    points[i] = square.centre[0] + u * cos - v * sin
    points[i + 1] = square.centre[1] + u * sin + v * cos
    points[i + 2] = local[i + 2]! * scale
  }
  return { points, presence: 1 / (1 + Math.exp(-results.out_1!.data[0]!)) }
}

/** A detection by a mesh alone: the box of its points and the five landmarks. */
export function detectionOf({ points }: Mesh, score: number): Detection {
  const point = (index: number): Point => [points[3 * index]!, points[3 * index + 1]!]
  const between = ([a, b]: readonly [number, number]): Point => {
    const [[ax, ay], [bx, by]] = [point(a), point(b)]
    return [(ax + bx) / 2, (ay + by) / 2]
  }
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 3) {
    left = Math.min(left, points[i]!)
    right = Math.max(right, points[i]!)
    top = Math.min(top, points[i + 1]!)
    bottom = Math.max(bottom, points[i + 1]!)
  }
  return {
    box: { x: left, y: top, width: right - left, height: bottom - top },
    landmarks: [
      between(EYES[0]),
      between(EYES[1]),
      point(NOSE_TIP),
      point(MOUTH_CORNERS[0]),
      point(MOUTH_CORNERS[1]),
    ],
    score,
  }
}
