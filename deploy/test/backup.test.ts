import { execFile } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { createApiKey, verifyKeySecret } from '../../packages/server/src/access/api-keys.ts'
import { openConfiguredDatabase } from '../../packages/server/src/boot/open-configured-database.ts'
import { loadConfig } from '../../packages/server/src/environment.ts'
import { startPostgres } from '../../packages/server/test/services/start-postgres.ts'

const BACKUP = fileURLToPath(new URL('../backup.ts', import.meta.url))
const tools = dirname(globSync('/usr/lib/postgresql/*/bin/pg_dump').sort().at(-1) ?? '/usr/bin/pg_dump')
const folders: string[] = []
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-backup-'))
  folders.push(folder)
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

const backup = (environment: Record<string, string>, ...args: string[]) =>
  promisify(execFile)(process.execPath, [BACKUP, ...args], {
    env: { PATH: `${tools}${delimiter}${process.env.PATH}`, ...environment },
  })

/** Makes a key in one database, restores a backup of it in another, and expects the key there. */
async function keepsKeys(from: Record<string, string>, to: Record<string, string>): Promise<void> {
  const file = join(await newFolder(), 'backup')
  const db = await openConfiguredDatabase(loadConfig({ environment: from }))
  const { secret } = await createApiKey(db, { name: 'kept', scopes: ['read'] })
  await backup(from, 'save', file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await db.destroy()
  await backup(to, 'restore', file)
  const restored = await openConfiguredDatabase(loadConfig({ environment: to }))
  expect((await verifyKeySecret(restored, secret)).name).toBe('kept')
  await restored.destroy()
  // An existing file is never overwritten.
  await expect(backup(from, 'save', file)).rejects.toThrow('there already')
  await expect(backup(to, 'restore', file)).rejects.toThrow(/already/)
}

test('SQLite is saved while it is in use, and restored', async () => {
  const to = { UNSWAP_DATA_DIR: await newFolder() }
  await keepsKeys({ UNSWAP_DATA_DIR: await newFolder() }, to)
  const broken = join(await newFolder(), 'broken')
  await writeFile(broken, 'no database')
  await expect(backup({ UNSWAP_DATA_DIR: await newFolder() }, 'restore', broken)).rejects.toThrow()
  await expect(backup(to, 'mend', broken)).rejects.toThrow('Usage')
})

test('PostgreSQL is saved and restored', async () => {
  const [first, second] = [await startPostgres(), await startPostgres()]
  try {
    const dataDir = await newFolder()
    await keepsKeys(
      { DATABASE_URL: first.address, UNSWAP_DATA_DIR: dataDir },
      { DATABASE_URL: second.address, UNSWAP_DATA_DIR: dataDir },
    )
  } finally {
    await first.stop()
    await second.stop()
  }
})
