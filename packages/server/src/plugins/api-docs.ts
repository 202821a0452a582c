import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { WebhookMessage } from '@unswap/contract'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { nameSchemas } from '../documentation/name-schemas.ts'

/** The webhook message, for the API description. */
const analysisEnded = {
  post: {
    operationId: 'analysisEnded',
    tags: ['analyses'],
    summary: 'An analysis has ended',
    description:
      'Sent to the `webhook` of the submission, again with growing pauses until it is received. `unswap-signature` is `t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`.',
    parameters: ['unswap-delivery', 'unswap-signature'].map((name) => ({
      name,
      in: 'header' as const,
      required: name === 'unswap-delivery',
      schema: { type: 'string' as const },
    })),
    requestBody: { content: { 'application/json': { schema: WebhookMessage as object } } },
    responses: { '2XX': { description: 'received' } },
  },
}

/** The OpenAPI 3.1 description from the schemas of the routes, and pages to read and try it at `/docs`. */
export const apiDocs = fastifyPlugin(async (app: FastifyInstance, { version }: { version: string }) => {
  await app.register(swagger, {
    convertConstToEnum: false,
    transformObject: (made) =>
      'openapiObject' in made ? nameSchemas(made.openapiObject) : made.swaggerObject,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Unswap',
        version,
        description: 'Finds deepfakes in photographs and videos. See docs/api.md for a guide.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'an API key (usk_…) or a token of the OIDC issuer',
          },
          header: {
            type: 'apiKey',
            in: 'header',
            name: 'X-API-Key',
            description: 'the same, where a header suits better',
          },
        },
      },
      security: [{ key: [] }, { header: [] }, {}],
      webhooks: { analysisEnded },
      tags: [
        { name: 'analyses', description: 'media in, report out' },
        { name: 'batches', description: 'many files, one status' },
        { name: 'service', description: 'models, limits, figures, health' },
        { name: 'access', description: 'sessions, keys and the audit log' },
        { name: 'compatibility', description: 'the API of the system before Unswap' },
      ],
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { deepLinking: true },
    theme: {
      title: 'Unswap API',
      // Hides the bar that asks for the address of a description: there is only one here.
      css: [{ filename: 'unswap.css', content: '.swagger-ui .topbar { display: none }' }],
    },
  })
})
