import { alignCrops } from '../faces/align.ts'
import type { FaceCrop, LocatedFace, Mesh } from '../faces/face.ts'
import type { Picture } from '../media/frame.ts'
import { MANIPULATED } from '../models/outputs.ts'
import type { CropScore, ScoreChoices, Scorer } from './crop-score.ts'

/** Score of `manipulated` below which one view of a photograph's face is enough. */
const CLEAR = 0.1
/** Scales of the other views: a little tighter and wider than a classifier's own margin, as in its training. */
const OTHER_SCALES = [1.2 / 1.3, 1.4 / 1.3]

/**
 * Scores a face of a photograph by test-time augmentation. A video shows a face many times, and chance averages out; a
 * photograph shows it once. A face that is not clearly real is scored again, mirrored and at other scales. Its logits
 * are the means over all six views: a forgery looks forged in each of them, a false alarm seldom does. The manipulation
 * map is that of the first view. With `flip` the scorer itself mirrors each view, so that none runs twice.
 */
export async function scoreWithAugmentation(
  scorer: Scorer,
  picture: Picture,
  { mesh, inputs }: Pick<LocatedFace, 'mesh'> & { readonly inputs: readonly FaceCrop[] },
  signal: AbortSignal,
  choices: ScoreChoices = {},
): Promise<CropScore> {
  const first = await scorer.score(inputs, signal, choices)
  if (first.every(({ logits }) => logits[MANIPULATED]! < Math.log(CLEAR / (1 - CLEAR)))) return first
  const others = OTHER_SCALES.map((scale) => scaledViews(picture, mesh, inputs, scale))
  const views = [...others, ...(choices.flip ? [] : [inputs, ...others].map((view) => view.map(mirror)))]
  const scores = await Promise.all(views.map((view) => scorer.score(view, signal, choices)))
  return first.map((own, model) => {
    const all = [own, ...scores.map((score) => score[model]!)]
    const mean = (output: number) => all.reduce((sum, { logits }) => sum + logits[output]!, 0) / all.length
    return { ...own, logits: own.logits.map((_, output) => mean(output)) }
  })
}

/** The same inputs with another scale, which take the place of the first ones: they keep their declared margin. */
function scaledViews(picture: Picture, mesh: Mesh, inputs: readonly FaceCrop[], scale: number): FaceCrop[] {
  const specs = inputs.map(({ margin, size }) => ({ margin: margin * scale, size }))
  return alignCrops(picture, mesh, specs).map((crop, i) => ({ ...crop, margin: inputs[i]!.margin }))
}

function mirror(crop: FaceCrop): FaceCrop {
  const { size } = crop
  const pixels = new Float32Array(crop.pixels.length)
  for (let row = 0; row < pixels.length; row += size) {
    for (let x = 0; x < size; x++) pixels[row + x] = crop.pixels[row + size - 1 - x]!
  }
  return { ...crop, pixels }
}
