import { type Clock, systemClock } from '../core/clock.ts'
import { Account } from './engine/account.ts'
import type { Container } from './engine/container.ts'
import type { FaultHook } from './faults/fault.ts'
import { handlerOf } from './protocol/handler.ts'
import { type Serve, serveWith } from './serve.ts'

/** The key that Microsoft's emulators have, and ours unless it is given another. It is public, and protects nothing. */
export const EMULATOR_KEY = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

/**
 * How many transactions behind the last one a partition is read: a number, or a function that is asked at each read.
 * Reads whose session token demands more see more.
 */
export type StaleReads = number | ((database: string, container: string, partition: string) => number)

/** How an emulator behaves. */
export type EmulatorOptions = {
  /** The account's key in base64; by default {@link EMULATOR_KEY}. */
  readonly key?: string
  /** Whether a token of Entra ID is good; by default none is. */
  readonly acceptsToken?: (token: string) => boolean
  /** Where the time comes from; by default the machine. */
  readonly clock?: Clock
  /** How many physical partitions a new container has; 1 by default. */
  readonly partitions?: number | ((database: string, container: string) => number)
  /** Makes resource ids and ETags repeat from run to run. */
  readonly seed?: number
  /** See {@link Emulator.staleReads}. */
  readonly staleReads?: StaleReads
  /** See {@link Emulator.faults}. */
  readonly faults?: FaultHook
  /** Whether the account says that it takes writes in several regions; it does not by default. */
  readonly multipleWriteRegions?: boolean
}

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

/** How many transactions are kept for reads of an older state, while there are any. */
const KEPT = 1_000

/** Makes an emulator, and the function that serves its requests. */
export function createEmulator(options: EmulatorOptions): { readonly emulator: Emulator; readonly serve: Serve } {
  const { key = EMULATOR_KEY, clock = systemClock, partitions = 1, acceptsToken } = options
  const account = new Account({
    clock,
    ...(options.seed !== undefined && { seed: options.seed }),
    partitions: typeof partitions === 'number' ? () => partitions : partitions,
    kept: () => (emulator.staleReads === 0 ? 0 : KEPT),
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
  const staleness = (database: string, container: string, partition: string) =>
    typeof emulator.staleReads === 'number' ? emulator.staleReads : emulator.staleReads(database, container, partition)
  const handle = handlerOf(
    { account, staleness, multipleWriteRegions: options.multipleWriteRegions ?? false },
    { key, ...(acceptsToken !== undefined && { acceptsToken }) },
  )
  return { emulator, serve: serveWith(handle, clock, () => emulator.faults) }
}

function statesOf(container: Container): PartitionState[] {
  return container.topology.partitions.map((partition) => ({
    id: partition.id,
    ...partition.interval,
    lsn: partition.lsn,
    documents: Iterator.from(partition.documents()).reduce((count) => count + 1, 0),
  }))
}
