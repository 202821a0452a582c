import { createHash, randomUUID } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
/** Distinguishes this process from an earlier one with the same number; in a container it is always 1. */
const RUN = randomUUID().slice(0, 8)
const NAME = /^([0-9a-f]{8})\.(\d+)\.([0-9a-f]{8})\./

/** Name of a temporary file or folder. Its process removes it; if that dies, `removeAbandonedFiles` does. */
export const temporaryName = (): string => `${HOST}.${process.pid}.${RUN}.${randomUUID()}`

/**
 * Removes temporary files of processes that have died. Processes of this machine are looked up by number; files of
 * other machines are removed when older than `keptMilliseconds`. The folder may be missing.
 */
export async function removeAbandonedFiles(folder: string, keptMilliseconds: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (!found) continue
    const old = found.mtimeMs < Date.now() - keptMilliseconds
    if (old || isAbandoned(name)) await rm(path, { recursive: true, force: true })
  }
}

function isAbandoned(name: string): boolean {
  const [, host, pid, run] = NAME.exec(name) ?? []
  if (host !== HOST) return false
  return Number(pid) === process.pid ? run !== RUN : !isAlive(Number(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
