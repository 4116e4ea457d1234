import { randomInt } from 'node:crypto'
import { type Clock, systemClock } from '../core/clock.ts'
import { randomFrom } from '../core/random.ts'
import { earlyEnds } from './early-ends.ts'
import { Account } from './engine/account.ts'
import type { Container } from './engine/container.ts'
import { MAX_DOCUMENT_BYTES } from './engine/documents/document-rules.ts'
import type { FaultHook } from './faults/fault.ts'
import type { EmulatorOptions, StaleReads } from './options.ts'
import type { ScriptSettings, Settings } from './protocol/context.ts'
import { handlerOf } from './protocol/handler.ts'
import { metadataLimit } from './protocol/limits/metadata-requests.ts'
import { type ThroughputLimit, throughputLimit, UNLIMITED } from './protocol/limits/throughput.ts'
import { type Serve, serveWith } from './serve.ts'
import { TIME_LIMIT_MS } from './time-limit.ts'

/** The key that Microsoft's emulators have, and ours unless it is given another. It is public, and protects nothing. */
export const EMULATOR_KEY = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/** What can be done to an emulator from outside of the protocol. */
export type Emulator = {
  readonly key: string
  /** Decides what goes wrong; `undefined` for nothing. */
  faults: FaultHook | undefined
  /** How old the state is that reads see; 0 for the newest. */
  staleReads: StaleReads
  /**
   * Splits a physical partition in two.
   *
   * @param at the effective partition key where the second begins; by default the middle of the interval
   * @returns the ids of the two
   * @throws CosmosError 400 no such partition, or `at` not within it; 404 no such container
   */
  split(database: string, container: string, partition: string, at?: string): [string, string]
  /**
   * Merges two physical partitions that are neighbours.
   *
   * @returns the id of the one
   * @throws CosmosError 400 no such partitions, or no neighbours; 404 no such container
   */
  merge(database: string, container: string, a: string, b: string): string
  /**
   * Loses the transactions of a physical partition after an LSN, as a forced failover does: their LSNs are given again.
   * Documents that were replaced in them are lost, too.
   *
   * @throws CosmosError 400 no such partition; 404 no such container
   */
  lose(database: string, container: string, partition: string, lsn: number): void
  /** The physical partitions of a container in their order. @throws CosmosError 404 no such container */
  partitions(database: string, container: string): PartitionState[]
}

/** A physical partition, seen from outside. */
export type PartitionState = {
  readonly id: string
  readonly min: string
  readonly max: string
  readonly lsn: number
  readonly documents: number
}

const DEFAULT_SCRIPTS: ScriptSettings = {
  timeLimit: TIME_LIMIT_MS,
  timeoutsAllowed: 3,
  requestUnits: Number.POSITIVE_INFINITY,
  maxArgumentBytes: MAX_DOCUMENT_BYTES,
  queriesSeeOwnWrites: true,
}

const PAGES = 0x70616765

/** How many transactions are kept for reads of an older state, while there are any. */
const KEPT = 1_000

/** Makes an emulator, and the function that serves its requests. */
export function createEmulator(options: EmulatorOptions): { readonly emulator: Emulator; readonly serve: Serve } {
  const { key = EMULATOR_KEY, clock = systemClock, partitions = 1, acceptsToken, seed = randomInt(2 ** 32) } = options
  const account = new Account({
    clock,
    seed,
    partitions: typeof partitions === 'number' ? () => partitions : partitions,
    kept: () => (emulator.staleReads === 0 ? 0 : KEPT),
    indexingMs: options.indexingTime ?? 0,
    scalingMs: options.scalingTime ?? 0,
    lsnsOfReads: options.lsnsOfReads ?? false,
    ...(options.maxPartitionBytes !== undefined && { maxPartitionBytes: options.maxPartitionBytes }),
  })
  const emulator: Emulator = {
    key,
    faults: options.faults,
    staleReads: options.staleReads ?? 0,
    split: (database, container, partition, at) => account.container(database, container).topology.split(partition, at),
    merge: (database, container, a, b) => account.container(database, container).topology.merge(a, b),
    lose: (database, container, partition, lsn) => account.container(database, container).topology.lose(partition, lsn),
    partitions: (database, container) => statesOf(account.container(database, container)),
  }
  const settings: Settings = {
    account,
    staleness: (database, container, partition) =>
      typeof emulator.staleReads === 'number'
        ? emulator.staleReads
        : emulator.staleReads(database, container, partition),
    // Apart from what else the seed decides, so that resource ids do not depend on how many pages were read.
    pageLimit: earlyEnds(options.earlyPages ?? 0, randomFrom(seed ^ PAGES)),
    multipleWriteRegions: options.multipleWriteRegions ?? false,
    sessionTokens: options.sessionTokens ?? 'simple',
    throughput: throughputOf(options.throughput, account, clock),
    scripts: { ...DEFAULT_SCRIPTS, ...options.scripts },
  }
  const handle = handlerOf(settings, {
    credentials: { key, ...(acceptsToken !== undefined && { acceptsToken }) },
    metadata: metadataLimit(clock, options.metadataRequests ?? Number.POSITIVE_INFINITY),
    gatewayIds: options.gatewayIds ?? false,
  })
  return { emulator, serve: serveWith(handle, clock, () => emulator.faults) }
}

function throughputOf(option: EmulatorOptions['throughput'], account: Account, clock: Clock): ThroughputLimit {
  if (option === undefined) return UNLIMITED
  return throughputLimit(clock, (partition) => (option === 'provisioned' ? account.unitsOf(partition) : option))
}

function statesOf(container: Container): PartitionState[] {
  return container.topology.partitions.map((partition) => ({
    id: partition.id,
    ...partition.interval,
    lsn: partition.lsn,
    documents: Iterator.from(partition.documents()).reduce((count) => count + 1, 0),
  }))
}
