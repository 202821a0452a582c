import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** `pass`: as if it were not there; `slow`: each piece a while later; `silent`: takes everything, answers nothing; `cut`: ends every connection. */
export type Weather = 'pass' | 'slow' | 'silent' | 'cut'

const SLOW_MS = 400

/** Stands between the service and a server on loopback, and spoils what goes through. */
export async function startProxy(target: string) {
  const { hostname, port } = new URL(target)
  let weather: Weather = 'pass'
  const open = new Set<Socket>()
  const server = createServer((near) => {
    if (weather === 'cut') return void near.destroy()
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('data', (piece) => {
        if (weather === 'silent') return
        if (weather === 'cut') return void from.destroy()
        setTimeout(() => to.writable && to.write(piece), weather === 'slow' ? SLOW_MS : 0)
      })
      from.on('error', () => undefined)
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as { port: number }
  return {
    address: `http://127.0.0.1:${own}`,
    set(next: Weather) {
      weather = next
      if (next === 'cut') for (const socket of open) socket.destroy()
    },
    async stop() {
      server.close()
      for (const socket of open) socket.destroy()
      await once(server, 'close')
    },
  }
}
