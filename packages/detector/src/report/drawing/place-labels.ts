import type { Area } from './marks.ts'

/** A label to place: its size in pixels, and the box it belongs to. */
export interface LabelRequest {
  readonly box: Area
  readonly width: number
  readonly height: number
}

function overlap(a: Area, b: Area): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}

/** Corners at which a label may sit: above, below, then inside the box, each from its left and from its right. */
function spots(box: Area, width: number, height: number): [x: number, y: number][] {
  const right = box.x + box.width - width
  const bottom = box.y + box.height
  return [
    [box.x, box.y - height],
    [right, box.y - height],
    [box.x, bottom],
    [right, bottom],
    [box.x + box.width, box.y],
    [box.x - width, box.y],
    [box.x, box.y],
    [box.x, bottom - height],
  ]
}

/**
 * Places labels inside a picture of `width` × `height` pixels. Each in turn goes to the corner of its box where it
 * hides least of other labels and of boxes.
 * @returns per request the label's area, null where it does not fit into the picture, and `hidden`: the largest
 * share of a label that lies on another label or a box, 1 and more where one did not fit
 */
export function placeLabels(
  requests: readonly LabelRequest[],
  width: number,
  height: number,
): { labels: (Area | null)[]; hidden: number } {
  const placed: Area[] = []
  let hidden = 0
  const labels = requests.map((request) => {
    if (request.width > width || request.height > height) {
      hidden = Math.max(hidden, 1)
      return null
    }
    let best: { area: Area; cost: number } | null = null
    for (const [left, top] of spots(request.box, request.width, request.height)) {
      const area = {
        x: Math.min(Math.max(0, left), width - request.width),
        y: Math.min(Math.max(0, top), height - request.height),
        width: request.width,
        height: request.height,
      }
      const size = area.width * area.height
      const onLabels = placed.reduce((sum, other) => sum + overlap(area, other), 0) / size
      const onBoxes = requests.reduce((sum, other) => sum + overlap(area, other.box), 0) / size
      const cost = onLabels * 4 + onBoxes
      if (best === null || cost < best.cost) best = { area, cost }
      if (cost === 0) break
    }
    placed.push(best!.area)
    hidden = Math.max(hidden, best!.cost)
    return best!.area
  })
  return { labels, hidden }
}
