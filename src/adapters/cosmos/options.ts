import type { Clock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { OpenOptions } from '../../core/port/storage.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { RequestCharge } from './client/charges.ts'
import { CONTAINERS, type ContainerName } from './setup/containers.ts'

/** Request units a second: a fixed number, or an upper bound for autoscale. */
export type Throughput = number | { readonly autoscaleTo: number }

/** How events are appended: by transactional batch, or by stored procedure. */
export type AppendMode = 'transactionalBatch' | 'storedProcedure'

const APPEND_MODES: readonly AppendMode[] = ['transactionalBatch', 'storedProcedure']

/** The location of a storage, and the names of its parts. */
export type CosmosLocation = {
  readonly database: string
  /** The containers' names, if they are not `events`, `views`, `leases` and `snapshots`. */
  readonly containers?: { readonly [Name in ContainerName]?: string }
}

/** The options for setting up a database. */
export type CosmosSetupOptions = CosmosLocation & {
  /**
   * The throughput with which the database is created, which its containers share; default: autoscale to 1,000. Omit it
   * for serverless accounts.
   */
  readonly throughput?: Throughput
  /**
   * The throughput with which the events container is created for itself alone; default: its share of the database's.
   */
  readonly eventsThroughput?: Throughput
  /** The time limit of the whole setup, in milliseconds; default 120,000. */
  readonly deadline?: number
  /** Called with the cost of the setup. Anything that it throws or rejects with is ignored. */
  readonly onRequestCharge?: (charge: RequestCharge) => void
}

/** The options for opening a database. */
export type CosmosOptions = CosmosLocation &
  OpenOptions & {
    /** Default `transactionalBatch`. */
    readonly append?: AppendMode
    /** The time limit of one call, including its retries, in milliseconds; default 30,000. */
    readonly deadline?: number
    /** Milliseconds after which a waiter polls the database for changes; default 1,000. */
    readonly pollInterval?: number
    /** The clock for `recordedAt`. */
    readonly clock?: Clock
    /** The clock to wait with: for retries, polls and deadlines; default: the machine's clock. */
    readonly timing?: Clock
    /** Called with the cost of each call of the storage. Anything that it throws or rejects with is ignored. */
    readonly onRequestCharge?: (charge: RequestCharge) => void
    /** Receives the charges as metrics. */
    readonly telemetry?: Telemetry
    /** Whether to set up the database first; default false. */
    readonly setup?: boolean | Pick<CosmosSetupOptions, 'throughput' | 'eventsThroughput'>
  }

/** The containers' names. @throws InvalidConfiguration if two have the same name */
export function containerNames({ containers = {} }: CosmosLocation): { readonly [Name in ContainerName]: string } {
  const names = { events: 'events', views: 'views', leases: 'leases', snapshots: 'snapshots', ...containers }
  if (new Set(Object.values(names)).size < CONTAINERS.length) {
    throw new InvalidConfiguration('containers', 'each container needs its own name')
  }
  return names
}

/** @throws InvalidConfiguration for an unknown way of appending */
export function assertAppendMode(mode: AppendMode): void {
  if (APPEND_MODES.includes(mode)) return
  throw new InvalidConfiguration('append', `${JSON.stringify(mode)} must be one of ${APPEND_MODES.join(', ')}`)
}

/** @throws InvalidConfiguration if the number is not a valid time */
export function assertMilliseconds(setting: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw new InvalidConfiguration(setting, 'must be a number above 0')
}
