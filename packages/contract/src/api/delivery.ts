import Type, { type Static } from 'typebox'
import { Count, Nullable, Time } from '../primitives.ts'

/** A webhook's message about one analysis, and how its sending goes. */
export const Delivery = Type.Object({
  id: Type.String({ description: 'the same as in the header `unswap-delivery`, at every try' }),
  analysisId: Type.String(),
  url: Type.String(),
  state: Type.Enum(['pending', 'delivered', 'failed'], {
    description: 'failed: given up, after the last try or because another would not help',
  }),
  attempts: Count,
  error: Nullable(Type.String(), { description: 'why the last try failed' }),
  createdAt: Time(),
  nextAt: Nullable(Time(), {
    description: 'when it is tried next, of one that is pending',
  }),
  endedAt: Nullable(Time()),
})
export type Delivery = Static<typeof Delivery>

export const DeliveryList = Type.Object({ items: Type.Array(Delivery) })
export type DeliveryList = Static<typeof DeliveryList>
