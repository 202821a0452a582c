import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const TRAINER = fileURLToPath(new URL('../../../../trainer', import.meta.url))

/** A Python that can run the trainer, or null: UNSWAP_PYTHON, an environment of the trainer, or the system's. */
export async function findPython(): Promise<string | null> {
  const own = [`${TRAINER}/.venv/bin/python`, `${TRAINER}/../.unswap/trainer-env/bin/python`]
  for (const python of [process.env.UNSWAP_PYTHON, ...own.filter((path) => existsSync(path)), 'python3']) {
    if (!python) continue
    const { failed } = await execa(python, ['-c', 'import torch, cv2, onnx, onnxruntime'], {
      env: { ORT_DISABLE_TELEMETRY: '1' },
      reject: false,
    })
    if (!failed) return python
  }
  return null
}

/** Runs Python with the trainer on its path; the output is what it printed. */
export async function runPython(python: string, args: readonly string[]): Promise<string> {
  const env = { PYTHONPATH: TRAINER, OMP_NUM_THREADS: '2', ORT_DISABLE_TELEMETRY: '1' }
  const { stdout } = await execa(python, args, { env })
  return stdout
}
