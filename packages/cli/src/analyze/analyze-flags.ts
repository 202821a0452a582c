import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import {
  ANALYSIS_DEFAULTS,
  BANDS,
  type Band,
  DEFAULT_LIMITS,
  type ErrorCode,
  type Limits,
  type Sampling,
} from '@unswap/contract'
import type { AnalyzeOptions, DetectorOptions, Device } from '@unswap/detector'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { count, number, whole } from '../number-argument.ts'

/** What the user chose, as commander hands it over. */
export interface AnalyzeFlags {
  readonly json?: true
  readonly jsonl?: true
  readonly html?: string
  readonly saveEvidence?: string
  readonly frames?: Sampling
  readonly fps?: number
  readonly maxFaces: number
  readonly models?: readonly string[]
  readonly modelsDir: string
  readonly flip?: true
  readonly device: Device
  readonly threads: number
  readonly scoringUrl?: string
  readonly concurrency: number
  readonly decoder: NonNullable<AnalyzeOptions['decoder']>
  readonly limitBytes?: number
  readonly limitPixels?: number
  readonly limitDuration?: number
  readonly limitFrames?: number
  readonly limitSeconds?: number
  readonly failOn?: readonly Band[]
  readonly signKey?: string
  readonly trustList?: string
  readonly color: boolean
  readonly quiet?: true
}

/** Folder of the models that come with the project. */
const MODELS_DIR = fileURLToPath(new URL('../../../../models', import.meta.url))

export const modelsDirOption = () =>
  new Option('--models-dir <dir>', 'folder of the models').default(MODELS_DIR, 'models/ of the project')

/** Adds the options of `analyze`; their names are the fields of `AnalyzeFlags`. */
export function addAnalyzeFlags(command: Command): Command {
  return command
    .addOption(new Option('--json', 'one report as JSON, or an array for several files').conflicts('jsonl'))
    .option('--jsonl', 'one line of JSON per file, errors too')
    .option('--html <file>', 'write an HTML page; for several files a folder, or a numbered name.html')
    .option('--save-evidence <dir>', 'save annotated pictures, heat maps and crops')
    .addOption(
      new Option(
        '--frames <n|all>',
        `frames of a video, spread evenly (default: ${ANALYSIS_DEFAULTS.frames}, and more around faces that are in few of them)`,
      )
        .argParser(parseFrames)
        .conflicts('fps'),
    )
    .option('--fps <rate>', 'frames of a video per second of it', positive)
    .option('--max-faces <n>', 'most faces per frame, largest first', count, ANALYSIS_DEFAULTS.maxFaces)
    .option('--models <ids>', 'classifiers to run, separated by commas (default: all)', list)
    .addOption(modelsDirOption())
    .option('--flip', 'average each score with that of the mirrored face: twice the work, a little steadier')
    .addOption(
      new Option('--device <device>', 'where the networks run')
        .choices(['cpu', 'cuda', 'coreml', 'directml', 'webgpu'])
        .default('cpu'),
    )
    .addOption(
      new Option('--threads <n>', 'threads of each network; 0 for one per processor')
        .argParser(whole)
        .default(0),
    )
    .option('--scoring-url <url>', 'run the classifiers on this KServe v2 server (NVIDIA Triton)', address)
    .addOption(
      new Option('--concurrency <n>', 'files analysed at a time')
        .argParser(count)
        .default(Math.min(2, availableParallelism())),
    )
    .addOption(
      new Option('--decoder <decoder>', 'video decoder; auto: ffmpeg where it is installed')
        .choices(['auto', 'ffmpeg', 'bundled'])
        .default('auto'),
    )
    .option('--limit-bytes <size>', `largest file (500M, 2G; default: ${DEFAULT_LIMITS.bytes})`, size)
    .option('--limit-pixels <n>', `largest picture (100M; default: ${DEFAULT_LIMITS.pixels})`, size)
    .option('--limit-duration <s>', `longest video (default: ${DEFAULT_LIMITS.durationSeconds})`, positive)
    .option('--limit-frames <n>', `most frames analysed (default: ${DEFAULT_LIMITS.frames})`, count)
    .option('--limit-seconds <s>', `longest analysis (default: ${DEFAULT_LIMITS.seconds})`, positive)
    .option('--fail-on <bands>', 'exit with 1 when a verdict is one of these, separated by commas', bands)
    .option('--sign-key <file>', 'sign each report with this private key (see `unswap signing new`)')
    .option('--trust-list <file>', 'certificates (PEM) of trusted signers of content credentials (C2PA)')
    .option('--no-color', 'no colours')
    .option('--quiet', 'no progress, notes or error messages on stderr')
}

export function detectorOptions(flags: AnalyzeFlags): DetectorOptions {
  return {
    modelsDir: flags.modelsDir,
    device: flags.device,
    threads: flags.threads,
    ...(flags.models && { models: flags.models }),
    ...(flags.trustList && { trustList: flags.trustList }),
    ...(flags.scoringUrl && { remote: { url: flags.scoringUrl } }),
  }
}

export function limitsOf(flags: AnalyzeFlags): Limits {
  return {
    bytes: flags.limitBytes ?? DEFAULT_LIMITS.bytes,
    pixels: flags.limitPixels ?? DEFAULT_LIMITS.pixels,
    durationSeconds: flags.limitDuration ?? DEFAULT_LIMITS.durationSeconds,
    frames: flags.limitFrames ?? DEFAULT_LIMITS.frames,
    seconds: flags.limitSeconds ?? DEFAULT_LIMITS.seconds,
  }
}

/** The option that raises the limit which an error tells of. */
export const RAISED_BY: Partial<Record<ErrorCode, string>> = {
  limit_bytes: '--limit-bytes',
  limit_pixels: '--limit-pixels',
  limit_duration: '--limit-duration',
  limit_frames: '--limit-frames',
  limit_time: '--limit-seconds',
}

/** Options of each analysis; pictures are kept only where something will be drawn from them. */
export function analyzeOptions(flags: AnalyzeFlags): AnalyzeOptions {
  const sampling = flags.frames ?? (flags.fps === undefined ? undefined : { fps: flags.fps })
  return {
    limits: limitsOf(flags),
    decoder: flags.decoder,
    ...(sampling && { sampling }),
    maxFaces: flags.maxFaces,
    ...(flags.flip && { flip: true }),
    ...(!flags.html && !flags.saveEvidence && { evidenceFrames: 0 }),
  }
}

const positive = (text: string) => number(text, 'a number above 0', (n) => n > 0 && Number.isFinite(n))

const parseFrames = (text: string): Sampling => (text === 'all' ? { all: true } : { count: count(text) })

const UNITS: Record<string, number> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 }

/** `500M`, `2G` or plain digits: decimal multiples. */
function size(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([kmgt]?)b?$/i.exec(text.trim()) ?? []
  if (digits === undefined) throw new InvalidArgumentError('It must be a size such as 500M or 2G.')
  return Math.max(1, Math.round(Number(digits) * UNITS[unit!.toLowerCase()]!))
}

function address(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new InvalidArgumentError('It must be an address such as http://triton:8000.')
}

function list(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim())
  if (items.includes('')) throw new InvalidArgumentError('It must be a list separated by commas.')
  return items
}

function bands(text: string): readonly Band[] {
  const known: readonly string[] = BANDS
  const unknown = list(text).find((item) => !known.includes(item))
  if (unknown !== undefined) throw new InvalidArgumentError(`It must be of ${BANDS.join(', ')}.`)
  return list(text) as readonly Band[]
}
