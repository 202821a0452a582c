import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createScorer,
  loadCalibration,
  openClassifiers,
  openFaces,
  probeVideoDecoders,
} from '@unswap/detector'
import {
  type Dataset,
  type Evaluation,
  evaluate,
  evaluationToHtml,
  evaluationToMarkdown,
  GRID,
  isPrepared,
  judgeMaps,
  type PreparedFolder,
  preprocess,
  readDataset,
  readPrepared,
} from '@unswap/lab'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import type { Outcome } from '../exit-status.ts'
import { note } from '../terminal/notices.ts'
import { openBar } from '../terminal/progress-bar.ts'
import { chooseSplit } from './choose-split.ts'
import { preparing } from './preprocess-progress.ts'

export interface EvaluateFlags {
  /** Of a folder that is not prepared, or of the data set of `masks`. */
  readonly name?: string
  readonly models?: readonly string[]
  readonly modelsDir: string
  readonly split?: string
  readonly robustness: number
  readonly deletion: number
  readonly masks?: { readonly name: string; readonly root: string }
  readonly json?: string
  readonly html?: string
  readonly md?: string
  readonly concurrency: number
  readonly quiet?: true
}

/** `unswap evaluate`: figures as Markdown on stdout, and as files where asked. */
export async function runEvaluate(folder: string, flags: EvaluateFlags): Promise<Outcome> {
  const { signal } = cancelOnSignal()
  const bar = openBar(process.stderr, !flags.quiet)
  const scratch = await mkdtemp(join(tmpdir(), 'unswap-evaluate-'))
  const { modelsDir } = flags
  const classifiers = await openClassifiers({ modelsDir, ...(flags.models && { models: flags.models }) })
  const scorer = createScorer(classifiers)
  try {
    const loose = (await isPrepared(folder)) ? null : await readDataset('folders', folder, flags.name)
    if (loose) {
      const options = { modelsDir, concurrency: flags.concurrency, signal, onProgress: preparing(bar) }
      const { failures } = await preprocess(loose, join(scratch, 'prepared'), {
        ...options,
        leaks: 'ignore',
      })
      if (failures.length > 0) note(`${failures.length} files gave no face and are left out`)
    }
    const prepared = await readPrepared(loose ? join(scratch, 'prepared') : folder)
    const calibrations = await Promise.all(
      classifiers.map(({ manifest }) =>
        loadCalibration(modelsDir, manifest.id).then(
          ({ calibration }) => calibration,
          () => null,
        ),
      ),
    )
    const chosen: PreparedFolder = loose ? prepared : chooseSplit(prepared, flags.split, 'test')
    const { ffmpeg } = await probeVideoDecoders()
    if (ffmpeg === null) note('ffmpeg is missing: crops are not spoilt by H.264')
    const figures = await evaluate(chosen, {
      classifiers,
      scorer,
      calibrations,
      robustness: flags.robustness,
      grid: GRID.filter(({ kind }) => kind !== 'h264' || ffmpeg !== null),
      deletion: flags.deletion,
      signal,
      onProgress: (done, total) => bar.update(done / total, `${done}/${total} crops scored`),
    })
    const masked = loose ?? (flags.masks ? await maskedBy(flags.masks, flags.name, chosen) : null)
    const faces = masked ? await openFaces({ modelsDir }) : null
    const maps = masked && faces ? await judgeMaps(masked, { faces, scorer, signal }) : null
    await faces?.close()
    bar.stop()
    await write({ ...figures, maps }, flags)
  } finally {
    bar.stop()
    await scorer.close()
    await rm(scratch, { recursive: true, force: true })
  }
  return 'done'
}

/** The items of a data set that the evaluated crops come from. */
async function maskedBy(
  { name: layout, root }: { readonly name: string; readonly root: string },
  name: string | undefined,
  { rows }: PreparedFolder,
): Promise<Dataset> {
  const dataset = await readDataset(layout, root, name)
  const paths = new Set(rows.flatMap((row) => (row.source === dataset.name ? [row.path] : [])))
  const items = dataset.items.filter(({ path }) => paths.has(path))
  if (items.length === 0) note(`none of the crops come from ${dataset.name}, so there are no masks of them`)
  return { ...dataset, items }
}

async function write(evaluation: Evaluation, { json, html, md }: EvaluateFlags): Promise<void> {
  const markdown = evaluationToMarkdown(evaluation)
  if (json) await writeFile(json, `${JSON.stringify(evaluation, null, 2)}\n`)
  if (html) await writeFile(html, evaluationToHtml(evaluation))
  if (md) await writeFile(md, markdown)
  process.stdout.write(markdown)
}
