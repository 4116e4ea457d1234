/**
 * An emulator of Azure Cosmos DB for NoSQL, in memory: as an HTTP server on loopback, or in this process without a
 * socket. It answers the unmodified `@azure/cosmos`. What it does and does not do, and where each behaviour comes from,
 * is in docs/reference/cosmos-emulator.md.
 *
 * @packageDocumentation
 */
export {
  EMULATOR_KEY,
  type Emulator,
  type EmulatorOptions,
  type PartitionState,
  type StaleReads,
} from './emulator.ts'
export { CosmosError } from './engine/types.ts'
export type { Fault, FaultHook } from './faults/fault.ts'
export type { FaultKind } from './faults/kinds.ts'
export { type SeededFaults, type SeededFaultsOptions, seededFaults } from './faults/seeded-faults.ts'
export {
  type AbortSignalLike,
  cosmosEmulator,
  type EmulatorHttpClient,
  type InProcessEmulator,
  type PipelineRequestLike,
  type PipelineResponseLike,
} from './http-client.ts'
export type { CosmosRequest, CosmosResponse } from './protocol/message.ts'
export { ResponseHeaders } from './response-headers.ts'
export { sendEmulatorCommand } from './server/send-command.ts'
export { type RunningEmulator, type ServerOptions, startCosmosEmulator } from './server/server.ts'
