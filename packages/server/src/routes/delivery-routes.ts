import { Delivery, DeliveryList, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import { requireScope } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { findVisibleAnalysis } from '../analyses/find-visible.ts'
import { toDelivery } from '../analyses/present-analysis.ts'
import { listDeliveries, retryDelivery } from '../storage/delivery-store.ts'
import { Id, PROBLEMS, type Routes } from './route-schema.ts'

const Ids = Type.Object({ ...Id.properties, delivery: Type.String({ maxLength: 64 }) })

/** The deliveries of an analysis's webhooks, and sending them again. */
export const deliveryRoutes: Routes = async (app, { service }) => {
  app.get(
    '/analyses/:id/deliveries',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'listDeliveries',
        summary: 'Whether the webhooks of an analysis arrived',
        description: 'Oldest first; those that ended are kept for a week.',
        params: Id,
        response: { 200: DeliveryList, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      const { id } = await findVisibleAnalysis(service, request.caller, request.params.id)
      return { items: (await listDeliveries(service.db, id)).map(toDelivery) }
    },
  )

  app.post(
    '/analyses/:id/deliveries/:delivery/retry',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'retryDelivery',
        summary: 'Send a webhook again, now',
        description: 'Also one that was given up or has arrived; receivers know a repeat by its delivery id.',
        params: Ids,
        response: { 202: Delivery, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'analyze')
      const { id } = await findVisibleAnalysis(service, request.caller, request.params.id)
      const delivery = await retryDelivery(service.db, id, request.params.delivery)
      if (delivery === null) {
        throw new UnswapError('not_found', 'The analysis has no delivery with this id; see its deliveries.')
      }
      await recordAudit(service, request, 'delivery.retry', id)
      return reply.code(202).send(toDelivery(delivery))
    },
  )
}
