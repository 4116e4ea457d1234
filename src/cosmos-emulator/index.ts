/**
 * An emulator of Azure Cosmos DB for NoSQL, in memory: as an HTTP server on loopback, or in this process without a
 * socket. It works with the unmodified `@azure/cosmos`. Its behaviour, its limits and the sources of both are in
 * docs/reference/cosmos-emulator.md.
 *
 * @packageDocumentation
 */
export {
  EMULATOR_KEY,
  type Emulator,
  type PartitionState,
} from './emulator.ts'
export { CosmosError } from './engine/types.ts'
export type { Fault, FaultHook } from './faults/fault.ts'
export { FAULT_KINDS, type FaultKind, USUAL_FAULT_KINDS } from './faults/kinds.ts'
export { type SeededFaults, type SeededFaultsOptions, seededFaults } from './faults/seeded-faults.ts'
export {
  type AbortSignalLike,
  cosmosEmulator,
  type EmulatorHttpClient,
  type InProcessEmulator,
  type PipelineRequestLike,
  type PipelineResponseLike,
} from './http-client.ts'
export type { EmulatorOptions, ScriptOptions, StaleReads } from './options.ts'
export type { CosmosRequest, CosmosResponse } from './protocol/message.ts'
export { ResponseHeaders } from './response-headers.ts'
export { sendEmulatorCommand } from './server/send-command.ts'
export { type RunningEmulator, type ServerOptions, startCosmosEmulator } from './server/server.ts'
export { STRICT } from './strict.ts'
