import type { Clock } from '../core/clock.ts'
import type { FaultHook } from './faults/fault.ts'

/**
 * How many transactions behind the last one a partition is read: a number, or a function that is asked at each read.
 * Reads whose session token demands more see more.
 */
export type StaleReads = number | ((database: string, container: string, partition: string) => number)

/** How stored procedures are limited. */
export type ScriptOptions = {
  /** Milliseconds that a run may take; 5,000 by default, as on the service. */
  readonly timeLimit?: number
  /** How many runs of a procedure may pass the time limit before it is blocked, until it is replaced; 3 by default. */
  readonly timeoutsAllowed?: number
  /** The request units that a run may take before its calls answer false; no limit by default. */
  readonly requestUnits?: number
  /** How many bytes the arguments of a run may have, as JSON; 2 MB by default. */
  readonly maxArgumentBytes?: number
  /** Whether the queries of a run see what it has written; they do by default. */
  readonly queriesSeeOwnWrites?: boolean
}

/** How an emulator behaves. */
export type EmulatorOptions = {
  /** The account's key in base64; by default that of Microsoft's emulators, which is public. */
  readonly key?: string
  /** Whether a token of Entra ID is good; by default none is. */
  readonly acceptsToken?: (token: string) => boolean
  /** Where the time comes from; by default the machine. */
  readonly clock?: Clock
  /** How many physical partitions a new container has; 1 by default. */
  readonly partitions?: number | ((database: string, container: string) => number)
  /** Makes resource ids, ETags and early ends of pages repeat from run to run. */
  readonly seed?: number
  /** See `Emulator.staleReads`. */
  readonly staleReads?: StaleReads
  /** See `Emulator.faults`. */
  readonly faults?: FaultHook
  /** Whether the account says that it takes writes in several regions; it does not by default. */
  readonly multipleWriteRegions?: boolean
  /** How likely a page of a query or of the change feed ends early, 0 to 1; 0 by default. */
  readonly earlyPages?: number
  /** Milliseconds until a changed indexing policy is in effect for the documents that are there; 0 by default. */
  readonly indexingTime?: number
  /** Milliseconds until a changed throughput has its physical partitions; 0 by default. */
  readonly scalingTime?: number
  /** Whether ids of documents in addresses are read as the service's gateway reads them; they are not by default. */
  readonly gatewayIds?: boolean
  /** Whether session tokens name regions, as those of an account of several regions do; `simple` by default. */
  readonly sessionTokens?: 'simple' | 'vector'
  /** Whether a batch or a stored procedure that writes nothing takes an LSN, too; it does not by default. */
  readonly lsnsOfReads?: boolean
  /** How many reads and lists of databases and containers are answered in five minutes; all by default. */
  readonly metadataRequests?: number
  /** The request units that a physical partition takes in a second, or `provisioned`; no limit by default. */
  readonly throughput?: number | 'provisioned'
  /** How many bytes the documents of one partition key may have together; 20 GB by default. */
  readonly maxPartitionBytes?: number
  readonly scripts?: ScriptOptions
}
