import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findProgram, freePort, type RunningService, startProgram, stopProgram } from './run-program.ts'

const run = promisify(execFile)

/**
 * A PostgreSQL of its own on loopback, with a database `unswap`, in a folder that goes away. PostgreSQL refuses to
 * run as root, so there it runs as the user `postgres` of Debian’s package.
 */
export async function startPostgres(): Promise<RunningService> {
  const folders = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
  const install = 'apt-get install -y postgresql'
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => findProgram(name, folders, install))
  const folder = await mkdtemp(join(tmpdir(), 'unswap-postgres-'))
  const data = join(folder, 'data')
  const asUser = process.getuid?.() === 0 ? await dropRoot(folder) : []

  try {
    const init = [
      ...asUser,
      initdb!,
      '--pgdata',
      data,
      '--username',
      'unswap',
      '--auth',
      'trust',
      '--no-sync',
    ]
    await run(init[0]!, [...init.slice(1), '--encoding', 'UTF8', '--locale', 'C'])
    const port = await freePort()
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
    const address = (database: string) => `postgres://unswap@127.0.0.1:${port}/${database}`
    const child = await startProgram(
      [...asUser, postgres!, '-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      () => query(address('postgres'), 'select 1'),
    )
    await query(address('postgres'), 'create database unswap')
    return {
      address: address('unswap'),
      async stop() {
        await stopProgram(child, 'SIGINT')
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true })
    throw thrown
  }
}

async function query(address: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

/** The words that start a command as `postgres`, to whom the folder is given. */
async function dropRoot(folder: string): Promise<string[]> {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file))
  if (!setpriv)
    throw new Error('These tests need setpriv when they run as root: apt-get install -y util-linux')
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  const [uid, gid] = [await id('-u'), await id('-g')]
  await chown(folder, uid, gid)
  return [setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}
