import type { Service } from '../../src/boot/service.ts'
import { openDeliverer } from '../../src/webhooks/deliver-webhooks.ts'

/** Sends the webhooks that are due now. */
export async function deliverDue(service: Service): Promise<void> {
  const deliverer = openDeliverer(service)
  await deliverer.sendDue()
  await deliverer.settled()
}
