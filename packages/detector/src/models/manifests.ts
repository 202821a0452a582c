import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ClassifierManifest, OUTPUTS, SupportManifest, UnswapError } from '@unswap/contract'
import { conform, parseJson, readModelJson } from './model-json.ts'
import { AUTHENTIC, MAP_FIELDS } from './outputs.ts'

/**
 * The manifests of the classifiers under `modelsDir`, in order of their ids.
 * @param ids of those to read; all where it is empty
 * @throws UnswapError `model_missing` when there is none or a named one is not there; `model_invalid`
 */
export async function readManifests(
  modelsDir: string,
  ids: readonly string[] = [],
): Promise<ClassifierManifest[]> {
  const read = (await foldersOf(modelsDir)).map((folder) => readIfClassifier(modelsDir, folder))
  const found = (await Promise.all(read))
    .filter((manifest) => manifest !== null)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const missing = ids.find((id) => !found.some((manifest) => manifest.id === id))
  if (missing !== undefined) {
    const there = found.map(({ id }) => id).join(', ') || 'none'
    throw new UnswapError(
      'model_missing',
      `There is no classifier ${missing} in ${modelsDir}. Those there are: ${there}.`,
    )
  }
  const chosen = ids.length > 0 ? found.filter(({ id }) => ids.includes(id)) : found
  if (chosen.length > 0) return chosen
  throw new UnswapError(
    'model_missing',
    `There is no classifier in ${modelsDir}: install Unswap again, or name the right folder of models.`,
  )
}

/**
 * The manifest of a network that supports the classifiers (face detection, mesh).
 * @throws UnswapError `model_missing` or `model_invalid`
 */
export async function readSupportManifest(modelsDir: string, id: string): Promise<SupportManifest> {
  const file = join(modelsDir, id, 'manifest.json')
  const manifest = await readModelJson(SupportManifest, file)
  refuse(file, manifest.weights.length === 0 ? 'names no weights' : folderFault(manifest, id))
  return manifest
}

async function foldersOf(modelsDir: string): Promise<string[]> {
  try {
    const entries = await readdir(modelsDir, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name)
  } catch (cause) {
    throw new UnswapError('model_missing', `The folder of models ${modelsDir} cannot be read.`, { cause })
  }
}

/** Null for a folder without a manifest and for the manifest of another role. */
async function readIfClassifier(modelsDir: string, folder: string): Promise<ClassifierManifest | null> {
  const file = join(modelsDir, folder, 'manifest.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return null
  }
  const content = parseJson(text, file, 'model_invalid')
  if ((content as { role?: unknown } | null)?.role !== 'classifier') return null
  const manifest = conform(ClassifierManifest, content, file, 'model_invalid')
  refuse(file, folderFault(manifest, folder) ?? classifierFault(manifest))
  return manifest
}

function refuse(file: string, fault: string | null): void {
  if (fault) throw new UnswapError('model_invalid', `${file} ${fault}.`)
}

interface NamedFiles {
  readonly id: string
  readonly weights: readonly { readonly file: string }[]
  readonly temporal?: { readonly file: string }
}

/** How a manifest disagrees with the folder that it lies in. */
function folderFault({ id, weights, temporal }: NamedFiles, folder: string): string | null {
  if (id !== folder) return `names the model ${id}, but lies in the folder ${folder}`
  const files = temporal ? [...weights, temporal] : weights
  return files.some(({ file }) => basename(file) !== file) ? 'names weights outside its folder' : null
}

/** What the schema of a classifier's manifest cannot express. */
function classifierFault(manifest: ClassifierManifest): string | null {
  const { order } = manifest.outputs
  const known: readonly string[] = [...OUTPUTS, AUTHENTIC]
  if (!order.includes('manipulated') && !order.includes(AUTHENTIC)) {
    return 'has no output `manipulated`, nor `authentic`'
  }
  if (new Set(order).size < order.length) return 'names an output twice'
  const unknown = order.find((name) => !known.includes(name))
  if (unknown) return `has an unknown output ${unknown}: known are ${known.join(', ')}`
  if (manifest.temporal && !supportsTemporalHead(manifest)) {
    return `has a temporal head, which needs the outputs ${OUTPUTS.join(', ')} and a map whose side ${MAP_FIELDS} divides`
  }
  return manifest.input.deviation.some((value) => value === 0) ? 'has a deviation of 0' : null
}

const supportsTemporalHead = ({ outputs: { order, map } }: ClassifierManifest): boolean =>
  OUTPUTS.every((name) => order.includes(name)) && map !== null && map.size % MAP_FIELDS === 0
