import Type, { type Static } from 'typebox'

/** A webhook's message about one analysis, and how its sending goes. */
export const Delivery = Type.Object({
  id: Type.String({ description: 'the same as in the header `unswap-delivery`, at every try' }),
  analysisId: Type.String(),
  url: Type.String(),
  state: Type.Enum(['pending', 'delivered', 'failed'], {
    description: 'failed: given up, after the last try or because another would not help',
  }),
  attempts: Type.Integer({ minimum: 0 }),
  error: Type.Union([Type.String(), Type.Null()], { description: 'why the last try failed' }),
  createdAt: Type.String({ format: 'date-time' }),
  nextAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'when it is tried next, of one that is pending',
  }),
  endedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
})
export type Delivery = Static<typeof Delivery>

export const DeliveryList = Type.Object({ items: Type.Array(Delivery) })
export type DeliveryList = Static<typeof DeliveryList>
