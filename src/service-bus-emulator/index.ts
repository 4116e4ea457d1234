/**
 * An emulator of Azure Service Bus on loopback, for tests and for development. The unmodified `@azure/service-bus` talks
 * to it. Its behaviour, its limits and the sources of both are in docs/reference/service-bus-emulator.md.
 *
 * @packageDocumentation
 */
export { plainHttpPolicy } from './administration/plain-http-policy.ts'
export { type ServiceBusEmulator, startServiceBusEmulator } from './emulator.ts'
export { FAULT_KINDS, type FaultHook, type FaultKind, type FaultPoint } from './faults/fault.ts'
export { type SeededBusFaults, type SeededBusFaultsOptions, seededBusFaults } from './faults/seeded-faults.ts'
export type { InspectedEntity, InspectedMessage } from './inspect.ts'
export type { Duration } from './options/duration.ts'
export type {
  EntityOptions,
  QueueOptions,
  RuleOptions,
  SubscriptionOptions,
  TopicOptions,
} from './options/entities.ts'
export type { LimitOptions } from './options/limits.ts'
export type { ServiceBusEmulatorOptions } from './options.ts'
export type { CorrelationFilter } from './rules/rule.ts'
