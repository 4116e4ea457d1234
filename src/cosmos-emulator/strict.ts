import type { EmulatorOptions } from './options.ts'

/**
 * The options that make an emulator as strict as the service may be, all at once: `cosmosEmulator({ ...STRICT })`. What
 * each does is in docs/reference/cosmos-emulator.md. Faults are no part of it: see `seededFaults` and `FAULT_KINDS`.
 */
export const STRICT = {
  earlyPages: 0.5,
  indexingTime: 200,
  scalingTime: 200,
  gatewayIds: true,
  sessionTokens: 'vector',
  lsnsOfReads: true,
  metadataRequests: 500,
  throughput: 10_000,
  scripts: { requestUnits: 1_000, maxArgumentBytes: 1024 * 1024, queriesSeeOwnWrites: false },
} as const satisfies EmulatorOptions
