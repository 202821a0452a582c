import { mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, freemem, platform, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { type DoctorCheck, limited, missing, ok } from './doctor-check.ts'

const NEEDED_NODE = 24
const GIB = 1024 ** 3
/** An analysis peaks well below this; a large video from a pipe is held in memory besides. */
const NEEDED_MEMORY = 1 * GIB
const NEEDED_DISK = 1 * GIB

/** What the machine itself has to offer. */
export async function checkMachine(): Promise<readonly DoctorCheck[]> {
  return [checkNode(), await checkProcessor(), await checkMemory(), ...(await checkTemporaryFolder())]
}

function checkNode(): DoctorCheck {
  const detail = `${process.version} on ${platform()} ${arch()}`
  return Number(process.versions.node.split('.')[0]) >= NEEDED_NODE
    ? ok('Node.js', detail)
    : missing('Node.js', `${detail}, but ${NEEDED_NODE} is needed`, './run.sh setup')
}

async function checkProcessor(): Promise<DoctorCheck> {
  const detail = `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`
  if (platform() !== 'linux' || arch() !== 'x64') return ok('Processor', detail)
  const flags = /^flags\s*:(.*)$/m.exec(await readFile('/proc/cpuinfo', 'utf8').catch(() => ''))?.[1] ?? ''
  const has = flags.split(' ').filter((flag) => /^(avx2|avx512f|avx_vnni|avx512_vnni|amx_int8)$/.test(flag))
  const features = `${detail}, ${has.join(' ') || 'no AVX2'}`
  return has.some((flag) => /vnni|amx/.test(flag))
    ? ok('Processor', features)
    : limited('Processor', `${features}: without VNNI 8-bit models run at about half speed`)
}

/** Memory that can still be had: on Linux what the kernel calls available, within a container's limit. */
async function checkMemory(): Promise<DoctorCheck> {
  const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(meminfo)?.[1] ?? 0) * 1024 || freemem()
  const limit = process.constrainedMemory() || totalmem()
  const free = Math.min(available, limit)
  const detail = `${gib(free)} of ${gib(totalmem())} available`
  return free >= NEEDED_MEMORY ? ok('Memory', detail) : limited('Memory', `${detail}: long videos may fail`)
}

async function checkTemporaryFolder(): Promise<readonly DoctorCheck[]> {
  const folder = tmpdir()
  const mend = 'export TMPDIR=/a/folder/that/you/can/write'
  try {
    const probe = await mkdtemp(join(folder, 'unswap-doctor-'))
    await writeFile(join(probe, 'file'), 'written')
    await rm(probe, { recursive: true })
  } catch (error) {
    return [missing('Temporary files', `${folder} cannot be written: ${(error as Error).message}`, mend)]
  }
  const { bavail, bsize } = await statfs(folder)
  const detail = `${folder}, ${gib(bavail * bsize)} free`
  return [
    bavail * bsize >= NEEDED_DISK
      ? ok('Temporary files', detail)
      : limited('Temporary files', `${detail}: videos from a pipe may not fit`, mend),
  ]
}

const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`
