// node bench/bench-faces.ts [scenes per kind]: how many faces are found, and how many falsely. Also how far a crop
// moves with its detection, and the time of each step. Scenes follow from a seed, so counts are the same on every machine.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { median, standardDeviation } from 'simple-statistics'
import { ANALYSIS_DEFAULTS } from '../packages/contract/src/index.ts'
import { alignFace, frameMesh } from '../packages/detector/src/faces/align.ts'
import { meshIn, squareOfDetection, squareOfMesh } from '../packages/detector/src/faces/detect/mesh.ts'
import { openNetworks } from '../packages/detector/src/faces/face-networks.ts'
import { openFaces } from '../packages/detector/src/faces/find-faces.ts'
import { assessQuality } from '../packages/detector/src/faces/quality/quality.ts'
import { REFERENCE_CROP } from '../packages/detector/src/faces/reference-crop.ts'
import { loadBackgrounds } from '../packages/detector/test/faces/backgrounds.ts'
import { loadHeads } from '../packages/detector/test/faces/heads.ts'
import { tally } from '../packages/detector/test/faces/recall.ts'
import { composeScene, KINDS, pasteHead, seeded } from '../packages/detector/test/faces/scenes.ts'
import { photographsOf, turnScene } from '../packages/detector/test/faces/turned.ts'
import { describeMachine } from './describe-machine.ts'

const options = { modelsDir: fileURLToPath(new URL('../models', import.meta.url)) }
const RESULT = fileURLToPath(new URL('results/faces.json', import.meta.url))
const scenesPerKind = Number(process.argv[2] ?? 20)

const machine = describeMachine()
const faces = await openFaces(options)
const networks = await openNetworks(options)
const [heads, backgrounds] = await Promise.all([loadHeads(), loadBackgrounds()])

const recall = await measureRecall()
const turned = await measureTurned()
const jitter = await measureJitter()
const milliseconds = await measureTime()
await Promise.all([faces.close(), networks.fullRange.close(), networks.mesh.close()])
writeFileSync(
  RESULT,
  `${JSON.stringify({ machine, scenesPerKind, recall, turned, jitter, milliseconds }, null, 2)}\n`,
)

async function measureRecall() {
  const rows: Record<string, { placed: number; found: number; falsely: number; scenes: number }> = {}
  for (const kind of KINDS) {
    const random = seeded(1)
    const count = kind.name.startsWith('24 faces') ? Math.ceil(scenesPerKind / 4) : scenesPerKind
    const scenes = Array.from({ length: count }, () => composeScene(kind, heads, backgrounds, random))
    const row = { ...(await tally(faces, scenes)), scenes: count }
    rows[kind.name] = row
    const share = row.placed ? `${((100 * row.found) / row.placed).toFixed(0)} %` : '–'
    console.log(`| ${kind.name} | ${share} | ${row.falsely} in ${count} |`)
  }
  return rows
}

/** People found upright in the test photographs at half size, for each angle in degrees. */
async function measureTurned() {
  const photographs = photographsOf(heads)
  const rows: Record<string, Awaited<ReturnType<typeof tally>>> = {}
  for (let degrees = 0; degrees < 360; degrees += 15) {
    const scenes = await Promise.all(photographs.map((scene) => turnScene(scene, degrees)))
    rows[degrees] = await tally(faces, scenes)
    console.log(`photographs turned by ${degrees}°`, rows[degrees])
  }
  return rows
}

/** Medians over all heads of how far size, centre and roll stray when the detection's square does. */
async function measureJitter() {
  const random = seeded(2)
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random())
  const spreads: Record<'first' | 'second', number[][]> = { first: [], second: [] }
  for (const { picture, square } of heads) {
    const side = 1.5 * square.side
    const tries: Record<'first' | 'second', ReturnType<typeof frameMesh>[]> = { first: [], second: [] }
    for (let i = 0; i < 8; i++) {
      const first = await meshIn(networks.mesh, picture, {
        centre: [
          square.centre[0] + 0.05 * square.side * normal(),
          square.centre[1] + 0.05 * square.side * normal(),
        ],
        side: side * Math.exp(0.08 * normal()),
        roll: square.roll + 0.07 * normal(),
      })
      tries.first.push(frameMesh(first))
      tries.second.push(frameMesh(await meshIn(networks.mesh, picture, squareOfMesh(first))))
    }
    for (const pass of ['first', 'second'] as const) {
      const spread = (of: (square: ReturnType<typeof frameMesh>) => number) =>
        standardDeviation(tries[pass].map(of))
      spreads[pass].push([
        (100 * spread((one) => one.side)) / square.side,
        (100 *
          Math.hypot(
            spread((one) => one.centre[0]),
            spread((one) => one.centre[1]),
          )) /
          square.side,
        (180 / Math.PI) * spread((one) => one.roll),
      ])
    }
  }
  const result = Object.fromEntries(
    Object.entries(spreads).map(([pass, rows]) => {
      const [sizePercent, centrePercent, rollDegrees] = [0, 1, 2].map((k) =>
        roundedMedian(rows.map((row) => row[k]!)),
      )
      return [pass, { sizePercent, centrePercent, rollDegrees }]
    }),
  )
  console.log('jitter', result)
  return result
}

/** One ordinary face in 640×480: the steps alone, and the whole. */
async function measureTime() {
  const plain = backgrounds[0]!(640, 480, seeded(6))
  pasteHead(plain, heads[0]!, { centre: [320, 240], size: 150, roll: 0.05 })
  const times: Record<string, number[]> = {}
  const timed = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
    const start = performance.now()
    const result = await work()
    times[name] = [...(times[name] ?? []), performance.now() - start]
    return result
  }
  for (let i = 0; i < 40; i++) {
    // a new object, so that its halvings are made again
    const picture = { ...plain }
    const { faces: located } = await timed('locate', () => faces.locate(picture, ANALYSIS_DEFAULTS))
    const face = located[0]!
    await timed('mesh, one pass', () => meshIn(networks.mesh, picture, squareOfDetection(face.detection)))
    const crop = await timed('crop', () => alignFace(picture, face.mesh, REFERENCE_CROP))
    await timed('quality', () => assessQuality(picture, face, crop))
    const hints = [face.detection]
    await timed('locate with hints', () => faces.locate({ ...plain }, { ...ANALYSIS_DEFAULTS, hints }))
  }
  const result = Object.fromEntries(
    Object.entries(times).map(([name, all]) => [
      name,
      { median: roundedMedian(all.slice(5)), least: Math.min(...all) },
    ]),
  )
  console.log('milliseconds', result)
  return result
}

function roundedMedian(values: number[]): number {
  return Number(median(values).toFixed(2))
}
