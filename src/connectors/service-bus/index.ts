// Azure Service Bus, published as `tidemark/service-bus`.

export { type ServiceBusOptions, serviceBus } from './bus.ts'
export { type BusAdministration, type CheckedEntity, checkEntity } from './check/check-entity.ts'
export type { EntityDifference } from './check/requirements.ts'
export { type Connect, serviceBusRetryOptions } from './connection.ts'
export type { ServiceBusEntity } from './entity.ts'
export { serviceBusSubscription } from './subscription.ts'
