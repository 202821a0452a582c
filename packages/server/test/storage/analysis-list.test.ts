import { UnswapError } from '@unswap/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addJob } from '../../src/jobs/job-lease.ts'
import { listAudit } from '../../src/storage/access/audit-store.ts'
import { type AnalysisPage, listAnalyses } from '../../src/storage/analyses/analysis-list.ts'
import { ENGINES } from './engines.ts'
import { sampleAnalysis } from './sample-analysis.ts'

import { T0, useDatabase } from './use-database.ts'

describe.each(ENGINES)('lists of analyses on %s', (_, open) => {
  const { used, completed } = useDatabase(open)
  const all = async (filter: Omit<AnalysisPage, 'limit'>, limit = 100) => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await listAnalyses(used.db, { ...filter, limit, cursor })
      expect(page.items.length).toBeLessThanOrEqual(limit)
      ids.push(...page.items.map((item) => item.id))
      cursor = page.next ?? undefined
    } while (cursor)
    return ids
  }

  test('filters, each alone and together', async () => {
    const { id: plain } = await completed({ name: 'Straße 100%_a.png', tags: ['x'] }, {}, { at: T0 })
    const { id: fake } = await completed(
      { owner: 'key:two', tags: ['x', 'y'], name: 'other.png' },
      { band: 'likely_manipulated', family: 'face_swap', probability: 0.9 },
      { at: T0 + 10 },
    )
    const waiting = sampleAnalysis({ sha256: `abc${'0'.repeat(61)}` })
    await addJob(used.db, waiting, T0 + 20)
    const cases: [Omit<AnalysisPage, 'limit'>, string[]][] = [
      [{}, [waiting.id, fake, plain]],
      [{ sort: 'createdAt' }, [plain, fake, waiting.id]],
      [{ sort: '-probability' }, [fake, plain, waiting.id]],
      [{ sort: 'probability' }, [waiting.id, plain, fake]],
      [{ owner: 'key:two' }, [fake]],
      [{ state: 'queued' }, [waiting.id]],
      [{ verdict: 'likely_manipulated' }, [fake]],
      [{ family: 'face_swap' }, [fake]],
      [{ family: 'synthesis' }, []],
      [{ kind: 'image' }, [fake, plain]],
      [{ tag: 'x' }, [fake, plain]],
      [{ tag: 'y' }, [fake]],
      [{ text: 'STRASSE' }, []],
      [{ text: 'straße' }, [plain]],
      [{ text: '100%_' }, [plain]],
      [{ text: '1__%' }, []],
      [{ text: '\\' }, []],
      [{ text: "' or 1=1 --" }, []],
      [{ text: 'ABC0' }, [waiting.id]],
      [{ from: T0 + 10 }, [waiting.id, fake]],
      [{ to: T0 + 10 }, [plain]],
      [{ from: T0 + 5, to: T0 + 15, tag: 'x', state: 'completed' }, [fake]],
    ]
    for (const [filter, expected] of cases)
      expect(await all(filter), JSON.stringify(filter)).toEqual(expected)
  })

  test('pages of any size hold each row once, in order, whatever comes and goes between them', async () => {
    const ids: string[] = []
    for (let index = 0; index < 23; index++) {
      const at = T0 + Math.floor(index / 4)
      const analysis = sampleAnalysis()
      ids.push(analysis.id)
      await addJob(used.db, analysis, at)
      if (index % 3 === 0) continue
      const probability = (index % 5) / 10
      await used.db.updateTable('analyses').set({ probability }).where('id', '=', analysis.id).execute()
    }
    const sorts = ['-createdAt', 'createdAt', '-probability', 'probability'] as const
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...sorts), async (limit, sort) => {
        const found = await all({ sort }, limit)
        expect(found).toEqual(await all({ sort }, 100))
        expect([...found].sort()).toEqual([...ids].sort())
      }),
      { numRuns: 25 },
    )
    const before = await all({})
    const first = await listAnalyses(used.db, { limit: 5 })
    await used.db.deleteFrom('analyses').where('id', '=', first.items.at(-1)!.id).execute()
    await addJob(used.db, sampleAnalysis(), T0 + 99)
    const second = await listAnalyses(used.db, { limit: 5, cursor: first.next! })
    expect(second.items.map((item) => item.id)).toEqual(before.slice(5, 10))
  })

  test('a cursor that is not ours is refused', async () => {
    const bad = [
      '',
      'x',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('["a","b"]').toString('base64url'),
    ]
    for (const cursor of [...bad, Buffer.from('{"a":1}').toString('base64url')]) {
      await expect(listAnalyses(used.db, { limit: 1, cursor })).rejects.toBeInstanceOf(UnswapError)
      await expect(listAudit(used.db, { limit: 1, cursor })).rejects.toMatchObject({ code: 'bad_option' })
    }
  })
})
