import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { execa } from 'execa'

/** What the trainer imports. */
const NEEDED = 'import torch, cv2, onnx, onnxruntime, sklearn, av'
const PYTHONS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python']
const CPU_WHEELS = 'https://download.pytorch.org/whl/cpu'

export interface TrainerPlaces {
  /** Folder of the trainer's source. */
  readonly trainer: string
  /** Folder of its own environment, made when it is needed. */
  readonly environment: string
  /** A Python that has all that the trainer needs: then nothing is installed. */
  readonly asked?: string | undefined
}

/**
 * The Python that can run the trainer already; null when one has to be installed.
 * @throws UnswapError `trainer_missing` when the one that was asked for lacks something
 */
export async function findTrainerPython(places: TrainerPlaces): Promise<string | null> {
  if (places.asked) {
    const { failed, stderr } = await run(places.asked, ['-c', NEEDED])
    if (!failed) return places.asked
    throw missing(
      `UNSWAP_PYTHON names ${places.asked}, which cannot run the trainer (${complaint(stderr)}): ` +
        'install trainer/ there, or unset it, and an environment is made.',
    )
  }
  const python = pythonOf(places.environment)
  const stamp = await readFile(join(places.environment, 'stamp'), 'utf8').catch(() => '')
  if (stamp !== (await stampOf(places.trainer))) return null
  return (await run(python, ['-c', NEEDED])).failed ? null : python
}

/**
 * Makes the trainer's environment, or gives the one that is there. An installation that was stopped is begun anew.
 * @param tell called with what is about to be done
 * @throws UnswapError `trainer_missing` with what to install, `cancelled`
 */
export async function setUpTrainerPython(
  places: TrainerPlaces,
  tell: (what: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const there = await findTrainerPython(places)
  if (there !== null) return there
  const base = await findPython()
  const { environment, trainer } = places
  tell('installing PyTorch and what else the trainer needs (once; some hundred megabytes)')
  await rm(environment, { recursive: true, force: true })
  await mkdir(environment, { recursive: true })
  const step = async (program: string, args: readonly string[], remedy: string) => {
    const { failed, stderr, stdout } = await run(program, args, signal)
    if (signal?.aborted) throw new UnswapError('cancelled', 'The installation was stopped; start it again.')
    if (failed) {
      await rm(environment, { recursive: true, force: true })
      throw missing(`${remedy} (${complaint(stderr || stdout)}).`)
    }
  }
  await step(base, ['-m', 'venv', environment], 'Python lacks venv: apt-get install python3-venv')
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '-e', trainer]
  const wheels = (await hasGraphicsCard()) ? [] : ['--extra-index-url', CPU_WHEELS]
  await step(
    pythonOf(environment),
    [...install, '-c', join(trainer, 'constraints.txt'), ...wheels],
    'pip could not install the trainer. It needs PyPI or a mirror (PIP_INDEX_URL), and 2 GB of disk; ' +
      'or name a Python that has PyTorch in UNSWAP_PYTHON',
  )
  const { failed, stderr } = await run(pythonOf(environment), ['-c', NEEDED])
  if (failed) throw missing(`The trainer was installed and does not start (${complaint(stderr)}).`)
  await writeFile(join(environment, 'stamp'), await stampOf(trainer))
  return pythonOf(environment)
}

const pythonOf = (environment: string) => join(environment, 'bin/python')

async function findPython(): Promise<string> {
  const old: string[] = []
  for (const python of PYTHONS) {
    const { failed, stdout } = await run(python, ['-c', 'import sys; print(*sys.version_info[:2])'])
    if (failed) continue
    const [major, minor] = stdout.split(' ').map(Number) as [number, number]
    if (major === 3 && minor >= 11) return python
    old.push(`${python} is ${major}.${minor}`)
  }
  throw missing(
    `Training needs Python 3.11 or newer${old.length > 0 ? `, and ${old.join(', ')}` : ''}. ` +
      'Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python; ' +
      'or name one that has PyTorch in UNSWAP_PYTHON.',
  )
}

/** Linux wheels of PyPI carry gigabytes for NVIDIA's cards. */
async function hasGraphicsCard(): Promise<boolean> {
  if (process.platform !== 'linux') return true
  return access('/dev/nvidia0').then(
    () => true,
    () => false,
  )
}

/** Changes with the versions wanted, and when the checkout moves. */
async function stampOf(trainer: string): Promise<string> {
  const files = ['constraints.txt', 'pyproject.toml'].map((name) => readFile(join(trainer, name), 'utf8'))
  return createHash('sha256')
    .update([trainer, ...(await Promise.all(files))].join('\n'))
    .digest('hex')
}

const run = (program: string, args: readonly string[], signal?: AbortSignal) =>
  execa(program, args, {
    reject: false,
    stdin: 'ignore',
    env: { ORT_DISABLE_TELEMETRY: '1' },
    ...(signal && { cancelSignal: signal }),
  })

const missing = (message: string) => new UnswapError('trainer_missing', message)

/** What a program complained of: its last line that tells of an error, else its last. */
function complaint(text: string | undefined): string {
  const lines = text?.trim().split('\n') ?? []
  return lines.findLast((line) => /^(ERROR|\w*Error)\b/.test(line)) ?? (lines.at(-1) || 'it does not start')
}
