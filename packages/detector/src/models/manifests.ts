import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ClassifierManifest, UnswapError } from '@unswap/contract'
import type { Static, TSchema } from 'typebox'
import Value from 'typebox/value'
import { shareOfCrop } from '../classifiers/classify.ts'
import { AUTHENTIC, OUTPUTS } from '../classifiers/logits.ts'
import { FIELDS } from '../temporal/row.ts'

/**
 * The manifests of the classifiers under `modelsDir`, in order of their ids; with `models`, of those alone.
 * @throws UnswapError `model_missing` when there is none or one that was named is not there; `model_invalid`
 */
export async function readManifests(
  modelsDir: string,
  models?: readonly string[],
): Promise<ClassifierManifest[]> {
  const found = (await Promise.all((await foldersOf(modelsDir)).map((id) => readManifest(modelsDir, id))))
    .filter((manifest) => manifest !== null)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const missing = models?.find((id) => !found.some((manifest) => manifest.id === id))
  if (missing !== undefined) {
    const there = found.map(({ id }) => id).join(', ') || 'none'
    throw new UnswapError(
      'model_missing',
      `There is no classifier ${missing} in ${modelsDir}. Those there are: ${there}.`,
    )
  }
  const chosen = models ? found.filter(({ id }) => models.includes(id)) : found
  if (chosen.length > 0) return chosen
  throw new UnswapError(
    'model_missing',
    `There is no classifier in ${modelsDir}: install Unswap again, or name the right folder of models.`,
  )
}

async function foldersOf(modelsDir: string): Promise<string[]> {
  try {
    const entries = await readdir(modelsDir, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name)
  } catch (cause) {
    throw new UnswapError('model_missing', `The folder of models ${modelsDir} cannot be read.`, { cause })
  }
}

async function readManifest(modelsDir: string, id: string): Promise<ClassifierManifest | null> {
  const file = join(modelsDir, id, 'manifest.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return null // no model folder
  }
  const content = parse(text, file)
  if ((content as { role?: unknown } | null)?.role !== 'classifier') return null
  const manifest = conform(ClassifierManifest, content, file)
  const fault = faultOf(manifest, id)
  if (fault) throw new UnswapError('model_invalid', `${file} ${fault}.`)
  return manifest
}

/** What the schema cannot say. */
function faultOf(manifest: ClassifierManifest, folder: string): string | null {
  const { order } = manifest.outputs
  if (manifest.id !== folder) return `names the model ${manifest.id}, but lies in the folder ${folder}`
  if (!order.includes('manipulated') && !order.includes(AUTHENTIC)) {
    return 'has no output `manipulated`, nor `authentic`'
  }
  if (new Set(order).size < order.length) return 'names an output twice'
  const stranger = order.find((name) => !OUTPUTS.includes(name) && name !== AUTHENTIC)
  if (stranger) return `has an unknown output ${stranger}: known are ${[...OUTPUTS, AUTHENTIC].join(', ')}`
  const files = [...manifest.weights, ...(manifest.temporal ? [manifest.temporal] : [])]
  if (files.some(({ file }) => basename(file) !== file)) return 'names weights outside its folder'
  if (manifest.temporal && !bearsTemporal(manifest)) {
    return `has a temporal head, which needs the outputs ${OUTPUTS.join(', ')} and a map whose side ${FIELDS} divides`
  }
  if (manifest.input.deviation.some((value) => value === 0)) return 'has a deviation of 0'
  if (shareOfCrop(manifest) > 1) return 'asks for a margin above 1.3, the most that crops have'
  return null
}

const bearsTemporal = ({ outputs: { order, map } }: ClassifierManifest): boolean =>
  OUTPUTS.every((name) => order.includes(name)) && map !== null && map.size % FIELDS === 0

/** @throws UnswapError `model_invalid` */
export function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnswapError('model_invalid', `${file} is not JSON: restore it.`, { cause })
  }
}

/** @throws UnswapError `model_invalid` with the first fault */
export function conform<T extends TSchema>(schema: T, content: unknown, file: string): Static<T> {
  if (Value.Check(schema, content)) return content
  const [fault] = Value.Errors(schema, content)
  throw new UnswapError(
    'model_invalid',
    `${file} does not follow its schema: ${fault ? `${fault.instancePath || 'it'} ${fault.message}` : 'no reason found'}.`,
  )
}
