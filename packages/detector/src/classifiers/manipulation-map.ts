import type { CropTransform, MapSummary } from '@unswap/contract'
import type { Mesh } from '../faces/face.ts'
import { REGIONS, regionGrid } from '../faces/regions.ts'
import type { CropLogits } from './crop-score.ts'
import { sigmoid } from './scores.ts'

type ManipulationMap = NonNullable<CropLogits['map']>

/** The map as probabilities 0..1, cell by cell. */
const mapProbabilities = ({ logits }: ManipulationMap): Float32Array => logits.map(sigmoid)

/** Mean probability of the map's cells. */
export const mapMean = (map: ManipulationMap): number => mean(mapProbabilities(map))

/** The mean of several models' maps as probabilities, where they share a size; null when no model has a map. */
export function meanMap(score: readonly CropLogits[]): { size: number; probabilities: Float32Array } | null {
  const maps = score.flatMap(({ map }) => map ?? [])
  const size = Math.max(...maps.map((map) => map.size))
  const alike = maps.filter((map) => map.size === size).map(mapProbabilities)
  if (!alike.length) return null
  return { size, probabilities: alike[0]!.map((_, i) => mean(alike.map((map) => map[i]!))) }
}

/**
 * Summarises a manipulation map: over the whole crop, and per region of the face. `area` is the share of cells above 0.5.
 * Regions without a cell are left out.
 * @param map probabilities, `size` × `size`, over the crop at `transform`
 * @param frame index into the report's frames
 */
export function summarizeMap(
  map: { readonly size: number; readonly probabilities: Float32Array },
  mesh: Mesh,
  transform: CropTransform,
  frame: number,
): MapSummary {
  const { size, probabilities } = map
  const grid = regionGrid(mesh, transform, size)
  const regions = REGIONS.flatMap((name, region) => {
    const own = probabilities.filter((_, cell) => grid[cell] === region)
    return own.length ? [[name, mean(own)] as const] : []
  })
  return {
    frame,
    size,
    mean: mean(probabilities),
    peak: probabilities.reduce((peak, value) => Math.max(peak, value), 0),
    area: probabilities.filter((value) => value > 0.5).length / probabilities.length,
    regions: Object.fromEntries(regions),
  }
}

function mean(values: Float32Array | readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
