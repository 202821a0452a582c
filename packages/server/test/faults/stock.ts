import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { openFolderBlobs } from '../../src/blobs/folder-blobs.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { sweepExpired, sweepOrphans } from '../../src/storage/retention/sweep.ts'

/** Lets the time pass that a lost request and a lost worker are given, while no process is there to see it pass. */
export function age(dataDir: string): void {
  const db = new DatabaseSync(join(dataDir, 'unswap.db'), { timeout: 10_000 })
  db.exec(`update idempotency set created_at = 0 where state = 'pending';
    update jobs set lease_until = 0 where lease_until is not null`)
  db.close()
}

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** Files that somebody is at work on, or has left behind. */
export const temporaryFiles = async (dataDir: string): Promise<string[]> =>
  (await Promise.all(['spool', 'work', 'blobs/.incoming'].map((name) => filesIn(join(dataDir, name))))).flat()

/**
 * Takes stock of a stopped service on SQLite: `analyses` of them, each completed once; every file that a row names is
 * there, and, once the sweeps have run, none besides.
 */
export async function takeStock(dataDir: string, analyses: number): Promise<void> {
  const db = openDatabase(join(dataDir, 'unswap.db'))
  try {
    const states = await db.selectFrom('analyses').select(['state', 'error_code']).execute()
    expect(states).toEqual(Array(analyses).fill({ state: 'completed', error_code: null }))
    expect(await db.selectFrom('reports').select('analysis_id').execute()).toHaveLength(analyses)
    expect(await db.selectFrom('jobs').selectAll().execute()).toEqual([])
    expect(await temporaryFiles(dataDir)).toEqual([])

    const blobs = await openFolderBlobs(join(dataDir, 'blobs'))
    const inTwoHours = Date.now() + 2 * 3600_000
    await sweepExpired(db, blobs)
    await sweepOrphans(db, blobs, inTwoHours)
    const media = await db.selectFrom('analyses').select('media_blob as name').execute()
    const evidence = await db.selectFrom('evidence').select(['blob as name', 'bytes']).execute()
    const named = [...media, ...evidence.filter(({ bytes }) => bytes > 0)].map(({ name }) => name)
    const stored: string[] = []
    for await (const { name } of blobs.list('')) stored.push(name)
    expect(stored.sort()).toEqual(named.filter((name) => name !== null).sort())
    expect(
      (
        await db.executeQuery({
          sql: 'pragma integrity_check',
          parameters: [],
          query: { kind: 'RawNode' } as never,
          queryId: { queryId: 'check' },
        })
      ).rows,
    ).toEqual([{ integrity_check: 'ok' }])
  } finally {
    await db.destroy()
  }
}
