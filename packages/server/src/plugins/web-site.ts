import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { UnswapError } from '@unswap/contract'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'

/** The addresses of the application, as `packages/web/src/router.tsx` has them. */
const PAGES = /^\/(history|models|status|help|keys|sign-in|(analyses|batches)\/[^/]+)?\/?$/

/**
 * Serves the built web application, if it exists. Every path that is no file and not the API's gets its one page; with 404 where the
 * application has no such page either.
 * Files with a hash in their name may be cached for ever.
 */
export const webSite = fastifyPlugin(async (app: FastifyInstance, { folder }: { folder: string }) => {
  if (!existsSync(join(folder, 'index.html'))) return
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/',
    wildcard: false,
    cacheControl: false,
    // Sends `name.js.br` or `name.js.gz`, which the build made, in place of `name.js`.
    preCompressed: true,
    setHeaders: (reply, path) => {
      const lasting = path.includes(`${join(folder, 'assets')}/`)
      reply.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.get('/*', { schema: { hide: true }, config: { rateLimit: false } }, (request, reply) => {
    const page = request.headers.accept?.includes('text/html') && !/^\/(api|docs|metrics)\b/.test(request.url)
    if (!page) throw new UnswapError('not_found', `There is nothing at GET ${request.url.split('?')[0]}.`)
    const known = PAGES.test(request.url.split('?')[0] ?? '')
    return reply.code(known ? 200 : 404).sendFile('index.html')
  })
})
