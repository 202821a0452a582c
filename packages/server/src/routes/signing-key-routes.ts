import { SigningKeySet } from '@unswap/contract'
import { publishedSigningKeys } from '../report-signer.ts'
import { PROBLEMS, type Routes } from './route-schema.ts'

/**
 * The public keys that verify signed reports. They are open to anybody: who holds a report may have no key of the
 * service.
 */
export const signingKeyRoutes: Routes = async (app, { service }) => {
  const keys = publishedSigningKeys(service.config.signing)

  app.get(
    '/signing-keys',
    {
      schema: {
        tags: ['service'],
        operationId: 'listSigningKeys',
        summary: 'The public keys that verify signed reports, as a JWK set; earlier keys stay listed',
        response: { 200: SigningKeySet, ...PROBLEMS },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'public, max-age=300')
      return keys
    },
  )
}
