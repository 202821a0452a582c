import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { UnswapError } from '@unswap/contract'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

/**
 * Serves the built web application, when it exists. Every address that is neither a file nor the API’s leads to its
 * one page, which does the rest; files with a hash in their name may be kept for ever.
 */
export const webSite = fastifyPlugin(async (app: FastifyInstance, { folder }: { folder: string }) => {
  if (!existsSync(join(folder, 'index.html'))) return
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    wildcard: false,
    cacheControl: false,
    // `name.js.br` and `name.js.gz` beside `name.js`, made when the application is built.
    preCompressed: true,
    setHeaders: (reply, path) => {
      const lasting = path.includes(`${join(folder, 'assets')}/`)
      reply.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.get('/*', { schema: { hide: true }, config: { rateLimit: false } }, (request, reply) => {
    const page = request.headers.accept?.includes('text/html') && !/^\/(api|docs|metrics)\b/.test(request.url)
    if (!page) throw new UnswapError('not_found', `There is nothing at GET ${request.url.split('?')[0]}.`)
    return reply.sendFile('index.html')
  })
})
