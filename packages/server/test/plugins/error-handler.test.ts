import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, test } from 'vitest'
import { runTestService, type TestService } from '../running/test-service.ts'

let running: TestService
beforeAll(async () => {
  running = await runTestService({ work: false, listen: true, config: { access: { anonymous: 'never' } } })
})
afterAll(() => running.close())

/** Speaks HTTP by hand: what stands on the wire, and a way to wait for a part of it. */
async function dial() {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1')
  let read = ''
  socket.on('data', (piece) => (read += piece))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const until = async (part: string) => {
    while (!read.includes(part)) await once(socket, 'data')
    read = read.slice(read.indexOf(part) + part.length)
  }
  return { socket, until }
}

test('whoever is refused while still sending gets the answer, and may go on with the connection', async () => {
  const { socket, until } = await dial()
  const bytes = 600_000
  socket.write(
    `POST /api/v1/analyses HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ncontent-length: ${bytes}\r\n\r\n`,
  )
  socket.write(Buffer.alloc(1000))
  await until('401 Unauthorized')
  await until('unauthorized')
  socket.write(Buffer.alloc(bytes - 1000))
  socket.write('GET /livez HTTP/1.1\r\nhost: a\r\n\r\n')
  await until('200 OK')
  socket.destroy()
}, 30_000)

test('a refused body that never ends is given up', async () => {
  const { socket, until } = await dial()
  socket.write(
    'POST /api/v1/analyses HTTP/1.1\r\nhost: a\r\ncontent-type: image/png\r\ncontent-length: 9999999\r\n\r\n',
  )
  await until('401 Unauthorized')
  await once(socket, 'close')
}, 30_000)
