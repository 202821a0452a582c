import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { picture } from '../running/test-service.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'
import { analyze, startService } from './service-process.ts'
import type { Victim } from './service-program.ts'
import { age, takeStock } from './stock.ts'

/** What a run of `killAtLines` has seen. */
export interface Killed {
  readonly kills: number
  readonly lines: number
}

/**
 * Sends one analysis after another and kills the victim at a later log line of each, `first`, `first + step` and so on,
 * until one has ended before its line came. At level `trace` every statement to the database and every change of the
 * store has a line, so that no step of a job is without its death.
 */
export async function killAtLines(victim: Victim, first: number, step: number, most = 400): Promise<Killed> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-killed-'))
  await writeModels(join(folder, 'models'))
  const dataDir = join(folder, 'data')
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const environment = {
    UNSWAP_DATA_DIR: dataDir,
    UNSWAP_MODELS_DIR: join(folder, 'models'),
    UNSWAP_PORT: port,
  }
  let service = await startService(environment)
  let [analyses, kills, line] = [0, 0, first]
  try {
    for (; line < most; line += step) {
      await service.tell({ type: 'kill', victim, afterLines: line })
      const from = service.lines.length
      const retention = line % 2 === 0 ? 'none' : 'hours:1'
      // Each is wide, so a verdict that is not this one would be another's.
      const options = `&retention=${retention}`
      const result = analyze(url, await picture(64, 40), { key: randomUUID(), options })
      result.catch(() => undefined)
      let over = false
      const ended = service.ended.then(() => {
        over = true
        return 'killed' as const
      })
      const says = (wanted: string) => service.lines.slice(from).some(({ msg }) => msg === wanted)
      // What is done after the client has its answer, erasing for instance, is part of the job.
      const whole = result.then(async () => {
        while (!over && !(says('job ended') && says('answered'))) await pause(20)
        return over ? ('killed' as const) : ('whole' as const)
      })
      if ((await Promise.race([ended, whole])) === 'killed') {
        kills++
        age(dataDir)
        service = await startService(environment)
        expect(service.lines.filter(({ level }) => level === 'fatal')).toEqual([])
      } else if (service.lines.length - from < line) {
        analyses++
        break
      } else if (victim === 'analysing process') kills++
      const { state, verdict } = await result
      expect({ line, state, band: verdict?.band }).toEqual({
        line,
        state: 'completed',
        band: 'likely_manipulated',
      })
      analyses++
    }
    await service.stop()
    await takeStock(dataDir, analyses)
    return { kills, lines: line }
  } finally {
    await service.kill()
    await rm(folder, { recursive: true, force: true })
  }
}
