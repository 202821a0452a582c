import { Readable } from 'node:stream'
import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Config } from '../config.ts'
import { withUploadTimeouts } from '../intake/upload-timeouts.ts'

/** Forms and media are read by their routes as they arrive. JSON is read here, with time limits. */
export const bodyParsers = fastifyPlugin(async (app: FastifyInstance, http: Config['http']) => {
  await app.register(multipart)
  app.addContentTypeParser(/^(image|video)\//, (_request, _payload, done) => done(null))
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
  app.addHook('preParsing', async (request, _reply, payload) => {
    if (!request.headers['content-type']?.includes('json')) return payload
    return Readable.from(
      withUploadTimeouts(payload, { stallSeconds: http.stallSeconds, seconds: http.uploadSeconds }),
      {
        objectMode: false,
      },
    )
  })
})
