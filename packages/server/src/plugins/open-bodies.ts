import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { Refusal } from '../to-problem.ts'
import { rateLimitKey } from './rate-limit.ts'

export interface OpenBodiesOptions {
  /** Most request bodies that are read at a time; one caller may have half of them. */
  readonly bodies: number
}

/**
 * Bounds the bodies that are being read, and with them what all requests together hold in memory: each holds some
 * buffers, however large its media is. Slow senders thus keep neither the others out nor all memory.
 */
export const openBodies = fastifyPlugin(async (app: FastifyInstance, { bodies }: OpenBodiesOptions) => {
  const held = new Map<string, number>()
  let all = 0
  app.addHook('onRequest', async (request, reply) => {
    if (!hasBody(request)) return
    const who = rateLimitKey(request)
    const own = held.get(who) ?? 0
    if (all >= bodies || own >= Math.ceil(bodies / 2)) {
      throw new Refusal('overloaded', 'Too many requests are being received; try again soon.', {
        retryAfterSeconds: 5,
      })
    }
    all++
    held.set(who, own + 1)
    let isOpen = true
    const release = () => {
      if (!isOpen) return
      isOpen = false
      all--
      const left = held.get(who)! - 1
      if (left === 0) held.delete(who)
      else held.set(who, left)
    }
    request.raw.once('end', release).once('close', release)
    reply.raw.once('close', release)
  })
})

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
