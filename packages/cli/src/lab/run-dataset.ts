import { UnswapError } from '@unswap/contract'
import {
  auditShortcuts,
  type Dataset,
  type Inventory,
  preprocess,
  readDataset,
  readPrepared,
  type Split,
  verifyDataset,
} from '@unswap/lab'
import { cancelOnSignal } from '../cancel-on-signal.ts'
import type { Outcome } from '../exit-status.ts'
import { note } from '../terminal/notices.ts'
import { printable } from '../terminal/printable.ts'
import { openBar } from '../terminal/progress-bar.ts'
import { preparing } from './preprocess-progress.ts'

/** Missing paths that are named before the rest is counted. */
const NAMED = 10

export interface PreprocessFlags {
  readonly name?: string
  readonly out: string
  readonly frames: number
  readonly maxFaces: number
  readonly dropLeaks?: true
  readonly split?: Split
  readonly shardItems: number
  readonly concurrency: number
  readonly modelsDir: string
  readonly quiet?: true
}

/** `unswap dataset verify`: exit 3 when files are missing or empty. */
export async function runDatasetVerify(
  name: string,
  root: string,
  { json }: { readonly json?: true },
): Promise<Outcome> {
  const inventory = await verifyDataset(await readDataset(name, root))
  process.stdout.write(json ? `${JSON.stringify(inventory, null, 2)}\n` : described(inventory))
  return inventory.missing.length + inventory.empty.length > 0 ? 'media' : 'done'
}

/** `unswap dataset preprocess`. Warns when something other than the face tells the labels apart. */
export async function runDatasetPreprocess(
  layout: string,
  root: string,
  flags: PreprocessFlags,
): Promise<Outcome> {
  const { signal } = cancelOnSignal()
  const whole = await readDataset(layout, root, flags.name)
  const dataset = flags.split === undefined ? whole : onlySplit(whole, flags.split)
  const bar = openBar(process.stderr, !flags.quiet)
  const started = performance.now()
  let found = 0
  const { crops, failures, leaks } = await preprocess(dataset, flags.out, {
    modelsDir: flags.modelsDir,
    concurrency: flags.concurrency,
    signal,
    leaks: flags.dropLeaks ? 'drop' : 'refuse',
    frames: flags.frames,
    facesPerFrame: flags.maxFaces,
    shardItems: flags.shardItems,
    onProgress(progress) {
      found = progress.crops
      preparing(bar)(progress)
    },
  }).finally(() => bar.stop())
  const seconds = (performance.now() - started) / 1000
  const pace = found === 0 ? '' : `; ${(found / seconds).toFixed(1)} a second`
  process.stdout.write(`${crops} crops in ${printable(flags.out)}${pace}\n`)
  if (failures.length > 0) note(`${failures.length} files gave none: see failures.jsonl`)
  if (leaks.length > 0) {
    const media = new Set(leaks.flatMap(({ surplus }) => surplus))
    note(`${leaks.length} leaks between splits: ${media.size} files are left out, see leaks.jsonl`)
  }
  for (const { property, auc, telling } of await shortcutsOf(flags.out)) {
    if (telling) note(`${property} tells real from fake without a look at the face (AUC ${auc.toFixed(2)})`)
  }
  return 'done'
}

/** The items that the data set itself puts into a split. */
function onlySplit(dataset: Dataset, split: Split): Dataset {
  const items = dataset.items.filter((item) => item.split === split)
  if (items.length > 0) return { ...dataset, items }
  throw new UnswapError(
    'bad_option',
    `${dataset.name} names no ${split} split of its own at ${dataset.root}: leave --split out, and one is made by person.`,
  )
}

async function shortcutsOf(folder: string) {
  const { rows } = await readPrepared(folder)
  return new Set(rows.map(({ label }) => label)).size < 2 ? [] : auditShortcuts(rows)
}

function described({ name, items, counts, missing, empty, unpaired }: Inventory): string {
  const tables = Object.entries(counts).flatMap(([what, table]) =>
    Object.entries(table).map(
      ([value, count]) => `  ${what.padEnd(12)}${printable(value).padEnd(20)}${count}`,
    ),
  )
  const lists = [
    ...listed('missing', missing),
    ...listed('empty', empty),
    ...listed('fakes without a real video of the same person', unpaired),
  ]
  return `${[`${name}: ${items} videos and pictures`, ...tables, ...lists].join('\n')}\n`
}

function listed(what: string, paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  const rest = paths.length > NAMED ? [`  … and ${paths.length - NAMED} more`] : []
  return [`${what}: ${paths.length}`, ...paths.slice(0, NAMED).map((path) => `  ${printable(path)}`), ...rest]
}
