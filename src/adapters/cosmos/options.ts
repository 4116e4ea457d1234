import type { Clock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { OpenOptions } from '../../core/port/storage.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import type { RequestCharge } from './client/charges.ts'
import { CONTAINERS, type ContainerName } from './setup/containers.ts'

/** Request units a second: a fixed number, or an upper bound below which the account scales by itself. */
export type Throughput = number | { readonly autoscaleTo: number }

/** How events are appended: by transactional batch, or by stored procedure. */
export type AppendMode = 'transactionalBatch' | 'storedProcedure'

const APPEND_MODES: readonly AppendMode[] = ['transactionalBatch', 'storedProcedure']

/** Where a storage lies, and what its parts are called. */
export type CosmosLocation = {
  readonly database: string
  /** The containers' names, where they are not `events`, `views`, `leases` and `snapshots`. */
  readonly containers?: { readonly [Name in ContainerName]?: string }
}

/** How a database is set up. */
export type CosmosSetupOptions = CosmosLocation & {
  /**
   * What the database is created with, for its containers to share; default: autoscale to 1,000. Serverless accounts
   * take none, so leave it out there.
   */
  readonly throughput?: Throughput
  /** What the events container is created with for itself alone; default: its part of the database's. */
  readonly eventsThroughput?: Throughput
  /** Milliseconds that the whole setup may take; default 120,000. */
  readonly deadline?: number
  /** Is told what the setup cost. What it throws or rejects with is ignored. */
  readonly onRequestCharge?: (charge: RequestCharge) => void
}

/** How a database is opened. */
export type CosmosOptions = CosmosLocation &
  OpenOptions & {
    /** Default `transactionalBatch`. */
    readonly append?: AppendMode
    /** Milliseconds that one call may take, with all its repeats; default 30,000. */
    readonly deadline?: number
    /** Milliseconds after which whoever waits for a change asks the database; default 1,000. */
    readonly pollInterval?: number
    /** Stamps `recordedAt`. */
    readonly clock?: Clock
    /** What waits: between repeats and polls, and for deadlines; default: the machine's clock. */
    readonly timing?: Clock
    /** Is told what each call of the storage cost. What it throws or rejects with is ignored. */
    readonly onRequestCharge?: (charge: RequestCharge) => void
    /** Where charges are measured. */
    readonly telemetry?: Telemetry
    /** Sets the database up first; default false. */
    readonly setup?: boolean | Pick<CosmosSetupOptions, 'throughput' | 'eventsThroughput'>
  }

/** The containers' names. @throws InvalidConfiguration when two have one name */
export function containerNames({ containers = {} }: CosmosLocation): { readonly [Name in ContainerName]: string } {
  const names = { events: 'events', views: 'views', leases: 'leases', snapshots: 'snapshots', ...containers }
  if (new Set(Object.values(names)).size < CONTAINERS.length) {
    throw new InvalidConfiguration('containers', 'each needs a name of its own')
  }
  return names
}

/** @throws InvalidConfiguration when events cannot be appended in that way */
export function assertAppendMode(mode: AppendMode): void {
  if (APPEND_MODES.includes(mode)) return
  throw new InvalidConfiguration('append', `${JSON.stringify(mode)} is not one of ${APPEND_MODES.join(', ')}`)
}

/** @throws InvalidConfiguration when the number is no time to wait */
export function assertMilliseconds(setting: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw new InvalidConfiguration(setting, 'must be a number above 0')
}
