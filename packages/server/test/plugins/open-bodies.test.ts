// Many senders, all slow: they hold little memory, have a bound, and keep nobody out.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { type RunningProcess, startService } from '../faults/service-process.ts'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'
import { writeModels } from '../running/write-models.ts'
import { freePort } from '../services/run-program.ts'

let running: TestService | undefined
let service: RunningProcess | undefined
let sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets = []
  await running?.close()
  await service?.kill()
  running = service = undefined
})

/** A sender that has sent part of its body and then waits. */
function sendSlowly(port: number, authorization: string, part: Buffer | string, bytes = 20_000_000) {
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  sockets.push(socket)
  socket.write(
    `POST /api/v1/analyses HTTP/1.1\r\nhost: localhost\r\n${authorization && `authorization: ${authorization}\r\n`}` +
      `content-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`,
  )
  const sent = new Promise<void>((done) => socket.write(part, () => done()))
  const answered = new Promise<string>((done) => socket.once('data', (data) => done(data.toString())))
  return { sent, answered }
}

test('one caller may hold half of the bodies: the next gets 503 with when to come back, others go on', async () => {
  running = await runTestService({ listen: true, config: { pressure: { bodies: 8 } } })
  const port = Number(new URL(running.url).port)
  const [greedy, other] = [await running.key('analyze'), await running.key('analyze')]
  const slow = Array.from({ length: 6 }, () => sendSlowly(port, greedy.authorization, '{"base64":"AAAA'))
  const refused = await Promise.any(slow.map(({ answered }) => answered))
  expect(refused).toMatch(/^HTTP\/1.1 503/)
  expect(refused).toMatch(/retry-after: 5/i)
  const send = () =>
    picture().then((file) =>
      fetch(`${running!.url}/api/v1/analyses`, { method: 'POST', body: form({ file }), headers: other }),
    )
  for (let round = 0; round < 5; round++) expect((await send()).status).toBe(202)
  for (const socket of sockets) socket.destroy()
  const own = async () =>
    (
      await fetch(`${running!.url}/api/v1/analyses`, {
        method: 'POST',
        body: form({ file: await picture() }),
        headers: greedy,
      })
    ).status
  await expect.poll(own).toBe(202)
})

const residentBytes = async (pid: number) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

test.runIf(process.platform === 'linux')(
  'forty bodies of 12 MB and 300 slow sockets take less memory than they hold, and others are answered',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unswap-bodies-'))
    try {
      await writeModels(join(folder, 'models'))
      const port = await freePort()
      service = await startService({
        UNSWAP_DATA_DIR: join(folder, 'data'),
        UNSWAP_MODELS_DIR: join(folder, 'models'),
        UNSWAP_PORT: String(port),
        UNSWAP_ROLE: 'api',
        UNSWAP_PRESSURE_EVENT_LOOP_MILLISECONDS: '600000',
      })
      const before = await residentBytes(service!.pid)
      const media = `{"base64":"${'A'.repeat(12_000_000)}`
      await Promise.all(Array.from({ length: 40 }, () => sendSlowly(port, '', media).sent))
      for (let count = 0; count < 300; count++) sendSlowly(port, '', '{"base64":"AA')
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/analyses`, {
        method: 'POST',
        body: form({ file: await picture() }),
      })
      expect(answer.status).toBe(202)
      // What lies in the sockets' buffers has still to be read.
      await pause(3000)
      expect((await residentBytes(service!.pid)) - before).toBeLessThan(0.75 * 40 * 12_000_000)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)
