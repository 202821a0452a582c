import type { CropTransform, Point } from '@unswap/contract'
import type { Picture } from '../../media/frame.ts'
import type { Session } from '../../onnx/session.ts'
import type { Detection } from '../face.ts'
import { sampleSquare } from '../sample-square.ts'
import { withBuffer } from './input-buffer.ts'
import { mergeDetections } from './merge-detections.ts'

const SIZE = 192
const GRID = 48
const VALUES = 16
/** Half the mouth's width in distances between the eyes; the network gives only the mouth's centre. */
const HALF_MOUTH = 0.4

/**
 * Faces in one square of the picture, best first, by MediaPipe's full-range network (after Bazarevsky et al. 2019). The
 * square may be rotated and may reach beyond the picture.
 *
 * It finds upright faces (rolls up to ±45°) of at least a ninth of its side, and those down to a thirteenth with scores
 * below 0.5.
 * @param floor lowest score returned, 0..1
 */
export async function detectFullRange(
  network: Session,
  picture: Picture,
  square: CropTransform,
  floor: number,
): Promise<Detection[]> {
  const results = await withBuffer(3 * SIZE * SIZE, (buffer) => {
    const data = sampleSquare(picture, square, SIZE, { scale: 1 / 127.5, offset: -1, quick: true }, buffer)
    return network.run({ in_0: { data, dims: [1, 3, SIZE, SIZE] } })
  })
  const values = results.out_0!.data
  const logits = results.out_1!.data
  const lowest = Math.log(floor / (1 - floor))
  const detections: Detection[] = []
  for (let cell = 0; cell < logits.length; cell++) {
    if (logits[cell]! >= lowest) detections.push(decode(values, cell, logits[cell]!, square))
  }
  return mergeDetections(detections)
}

function decode(values: Float32Array, cell: number, logit: number, square: CropTransform): Detection {
  const scale = square.side / SIZE
  const [cos, sin] = [Math.cos(square.roll) * scale, Math.sin(square.roll) * scale]
  const pitch = SIZE / GRID
  const u0 = ((cell % GRID) + 0.5) * pitch - SIZE / 2
  const v0 = (Math.floor(cell / GRID) + 0.5) * pitch - SIZE / 2
  const at = cell * VALUES
  const place = (index: number): Point => {
    const [u, v] = [u0 + values[at + index]!, v0 + values[at + index + 1]!]
    return [square.centre[0] + u * cos - v * sin, square.centre[1] + u * sin + v * cos]
  }
  const [x, y] = place(0)
  const [width, height] = [Math.max(1, values[at + 2]! * scale), Math.max(1, values[at + 3]! * scale)]
  const [right, left, nose, mouth] = [place(4), place(6), place(8), place(10)]
  const [dx, dy] = [(left[0] - right[0]) * HALF_MOUTH, (left[1] - right[1]) * HALF_MOUTH]
  return {
    box: { x: x - width / 2, y: y - height / 2, width, height },
    landmarks: [right, left, nose, [mouth[0] - dx, mouth[1] - dy], [mouth[0] + dx, mouth[1] + dy]],
    score: 1 / (1 + Math.exp(-logit)),
  }
}
