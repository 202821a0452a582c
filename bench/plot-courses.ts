/** A figure of one commit; `other` when its machine was of another kind, with which it cannot be compared. */
interface Point {
  readonly commit: string
  readonly value: number
  readonly other: boolean
}

/** One figure by commit. */
export interface Course {
  readonly title: string
  readonly points: readonly Point[]
}

const WIDTH = 720
const HEIGHT = 300
const EDGE = { left: 44, right: 32, top: 36, bottom: 64 }
const COLOURS = ['#0b6bcb', '#c2410c', '#15803d', '#7e22ce']

/** A chart of figures by commit as an SVG of its own, legible on light and dark pages. Commits are evenly spaced in their `order`. */
export function plotCourses(title: string, courses: readonly Course[], order: readonly string[]): string {
  const shown = new Set(courses.flatMap(({ points }) => points.map(({ commit }) => commit)))
  const commits = order.filter((commit) => shown.has(commit))
  const most = Math.ceil(Math.max(1, ...courses.flatMap(({ points }) => points.map(({ value }) => value))))
  const [wide, high] = [WIDTH - EDGE.left - EDGE.right, HEIGHT - EDGE.top - EDGE.bottom]
  const x = (commit: string) =>
    EDGE.left + (commits.length < 2 ? wide / 2 : (commits.indexOf(commit) * wide) / (commits.length - 1))
  const y = (value: number) => EDGE.top + high * (1 - value / most)
  const step = Math.max(1, Math.ceil(most / 6))
  const grid = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step).map(
    (value) =>
      `<line x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${y(value)}" y2="${y(value)}" stroke="#8884"/>` +
      `<text x="${EDGE.left - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
  )
  const names = commits.map(
    (commit) =>
      `<text x="${x(commit)}" y="${HEIGHT - EDGE.bottom + 16}" text-anchor="middle" font-size="10">${commit}</text>`,
  )
  const drawn = courses.map(({ title: name, points }, i) => {
    const colour = COLOURS[i % COLOURS.length]
    const place = ({ commit, value }: Point) => `${x(commit).toFixed(1)},${y(value).toFixed(1)}`
    const lines = [true, false].map(
      (other) =>
        `<polyline fill="none" stroke-width="2" points="${points
          .filter((point) => point.other === other)
          .map(place)
          .join(' ')}"/>`,
    )
    const dots = points.map(
      ({ commit, value, other }) =>
        `<circle cx="${x(commit).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3.5"${other ? ' fill="none"' : ''}/>`,
    )
    const at = EDGE.left + i * 170
    return (
      `<g fill="${colour}" stroke="${colour}">${lines.join('')}${dots.join('')}` +
      `<line x1="${at}" x2="${at + 18}" y1="${HEIGHT - 18}" y2="${HEIGHT - 18}" stroke-width="2"/></g>` +
      `<text x="${at + 24}" y="${HEIGHT - 14}">${name}</text>`
    )
  })
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12" fill="#888">`,
    `<title>${title}</title>`,
    `<text x="${EDGE.left}" y="20" font-size="14">${title}</text>`,
    ...grid,
    ...names,
    ...drawn,
    '</svg>',
  ].join('\n')}\n`
}
