import type { ServiceBusClient, ServiceBusSessionReceiver } from '@azure/service-bus'

/** What is received from: a queue, or a subscription of a topic. */
export type ServiceBusEntity = { readonly queue: string } | { readonly topic: string; readonly subscription: string }

/** The path of an entity, which is its name in messages. */
export const pathOf = (entity: ServiceBusEntity): string =>
  'queue' in entity ? entity.queue : `${entity.topic}/Subscriptions/${entity.subscription}`

// Bytes and times stay as they were sent. Locks are renewed for as long as storing may reasonably take.
const RECEIVING = {
  skipParsingBodyAsJson: true,
  skipConvertingDate: true,
  maxAutoLockRenewalDurationInMs: 5 * 60_000,
} as const

/** Accepts the next session that has messages. @throws what the SDK throws */
export const acceptNext = (client: ServiceBusClient, entity: ServiceBusEntity): Promise<ServiceBusSessionReceiver> =>
  'queue' in entity
    ? client.acceptNextSession(entity.queue, { ...RECEIVING })
    : client.acceptNextSession(entity.topic, entity.subscription, { ...RECEIVING })
