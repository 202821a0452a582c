import type { CropTransform, MapSummary } from '@unswap/contract'
import type { Mesh } from '../faces/face.ts'
import { REFERENCE_CROP } from '../faces/reference-crop.ts'
import { REGIONS, regionGrid } from '../faces/regions.ts'
import type { CropLogits, ManipulationMap } from './crop-score.ts'
import { sigmoid } from './scores.ts'

/** The map as probabilities 0..1, cell by cell. */
const mapProbabilities = ({ logits }: ManipulationMap): Float32Array => logits.map(sigmoid)

/** Mean probability of the map's cells. */
export const mapMean = (map: ManipulationMap): number => mean(mapProbabilities(map))

/**
 * The mean of several models' maps as probabilities over the reference crop, in cells of the finest map; null when no
 * model has a map. Each cell is the mean of the maps that cover it, and 0 where none does.
 */
export function meanMap(score: readonly CropLogits[]): { size: number; probabilities: Float32Array } | null {
  const maps = score.flatMap(({ map }) => map ?? [])
  if (maps.length === 0) return null
  const size = Math.max(...maps.map((map) => map.size))
  const aligned = maps.map((map) => overReferenceCrop(map, size))
  const probabilities = Float32Array.from({ length: size * size }, (_, cell) => {
    const known = aligned.map((map) => map[cell]!).filter((value) => !Number.isNaN(value))
    return known.length > 0 ? mean(known) : 0
  })
  return { size, probabilities }
}

/** A map's probabilities in size × size cells over the reference crop, bilinear; NaN in cells that it does not cover. */
function overReferenceCrop(map: ManipulationMap, size: number): Float32Array {
  const own = mapProbabilities(map)
  const scale = REFERENCE_CROP.margin / map.margin
  if (scale === 1 && map.size === size) return own
  const places = Array.from({ length: size }, (_, i) => {
    const place = ((i + 0.5) / size - 0.5) * scale + 0.5
    const at = Math.min(Math.max(place * map.size - 0.5, 0), map.size - 1)
    const first = Math.floor(at)
    return {
      covered: place >= 0 && place <= 1,
      first,
      next: Math.min(first + 1, map.size - 1),
      share: at - first,
    }
  })
  return Float32Array.from({ length: size * size }, (_, cell) => {
    const [row, column] = [places[Math.floor(cell / size)]!, places[cell % size]!]
    if (!row.covered || !column.covered) return Number.NaN
    const along = (line: number) => {
      const left = own[line * map.size + column.first]!
      return left + column.share * (own[line * map.size + column.next]! - left)
    }
    const above = along(row.first)
    return above + row.share * (along(row.next) - above)
  })
}

/**
 * Summarises a manipulation map: over the whole crop, and per region of the face. `area` is the share of cells above 0.5.
 * Regions without a cell are left out.
 * @param map probabilities of size × size cells over the crop at `transform`, as `meanMap` gives for the reference crop
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
