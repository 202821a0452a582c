import { alignFace } from '../faces/align.ts'
import type { FaceCrop, LocatedFace } from '../faces/face.ts'
import type { Picture } from '../media/frame.ts'
import type { CropScore, ScoreChoices, Scorer } from './crop-score.ts'

/** Score of `manipulated` below which one view of a photograph's face is enough. */
const CLEAR = 0.1
/** Crops a little tighter and wider than the contract's 1.3, as the networks saw while they were trained. */
const OTHER_MARGINS = [1.2, 1.4]

/**
 * Scores a face of a photograph by test-time augmentation. A video shows a face many times, and chance averages out; a
 * photograph shows it once. A face that is not clearly real is scored again, mirrored and at other margins. Its logits
 * are the means over all six views: a forgery looks forged in each of them, a false alarm seldom does. The manipulation
 * map is that of the first view. With `flip` the scorer itself mirrors each view, so that none runs twice.
 */
export async function scoreWithAugmentation(
  scorer: Scorer,
  picture: Picture,
  face: LocatedFace & { readonly crop: FaceCrop },
  signal: AbortSignal,
  choices: ScoreChoices = {},
): Promise<CropScore> {
  const first = await scorer.score(face.crop, signal, choices)
  if (first.every(({ logits }) => logits[0]! < Math.log(CLEAR / (1 - CLEAR)))) return first
  const { size } = face.crop
  const others = OTHER_MARGINS.map((margin) => alignFace(picture, face.mesh, { margin, size }))
  const views = [...others, ...(choices.flip ? [] : [face.crop, ...others].map(mirror))]
  const scores = await Promise.all(views.map((view) => scorer.score(view, signal, choices)))
  return first.map((own, model) => {
    const all = [own, ...scores.map((score) => score[model]!)]
    const mean = (output: number) => all.reduce((sum, { logits }) => sum + logits[output]!, 0) / all.length
    return { ...own, logits: own.logits.map((_, output) => mean(output)) }
  })
}

function mirror(crop: FaceCrop): FaceCrop {
  const { size } = crop
  const pixels = new Float32Array(crop.pixels.length)
  for (let row = 0; row < pixels.length; row += size) {
    for (let x = 0; x < size; x++) pixels[row + x] = crop.pixels[row + size - 1 - x]!
  }
  return { ...crop, pixels }
}
