import type { CosmosClient, Database } from '@azure/cosmos'
import type { Changes } from '../../core/async/changes.ts'
import type { Clock } from '../../core/clock.ts'
import { StorageClosed } from '../../core/errors/storage.ts'
import type { StorageLimits } from '../../core/port/storage.ts'
import type { ProcedureFault, ProcedureState } from './append/procedure-state.ts'
import type { StreamGate } from './append/stream-gate.ts'
import { type OpenContainer, openContainer } from './client/open-container.ts'
import type { Operation } from './client/operation.ts'
import { type RequestSettings, runOperation } from './client/run-operation.ts'
import type { ViewSessions } from './leases/view-sessions.ts'
import type { AppendMode } from './options.ts'
import type { ContainerName } from './setup/containers.ts'
import type { Procedures } from './setup/procedures.ts'

/** One opening of a database: what its interfaces share. */
export type Handle = {
  readonly client: CosmosClient
  readonly database: Database
  readonly containers: { readonly [Name in ContainerName]: OpenContainer }
  readonly incarnation: string
  /** The `_rid` of the events container, which the SDK's continuations contain. */
  readonly eventsRid: string
  readonly procedures: Procedures
  readonly procedureState: ProcedureState
  readonly appendMode: AppendMode
  /** Lets appends that accept any version into a stream one at a time. */
  readonly gate: StreamGate
  /** The partitions that the views of each projection were written to. */
  readonly viewSessions: ViewSessions
  readonly limits: StorageLimits
  /** The clock for recording times. */
  readonly clock: Clock
  /** The clock to wait with: for retries, polls and deadlines. */
  readonly timing: Clock
  /** Milliseconds after which a waiter polls for changes. */
  readonly pollInterval: number
  /** What this handle itself committed: events, and views or leases. */
  readonly committed: { readonly events: Changes; readonly views: Changes }
  /** Called if a stored procedure could not be used, so that a batch replaced it. */
  fellBack(fault: ProcedureFault): void
  /** Aborted when the storage is closed. */
  readonly closing: AbortSignal
  /** @throws StorageClosed */
  assertOpen(): void
  /**
   * Runs one call of the port, which a close waits for: its requests share a deadline, and its charge is reported.
   *
   * @param name the name in reports
   * @param signal the caller's own; when it is aborted, its reason is thrown
   * @throws StorageClosed
   */
  run<T>(name: string, work: (operation: Operation) => Promise<T>, signal?: AbortSignal): Promise<T>
}

/** Opens the containers of a database, each with its own session. */
export function openContainers(
  database: Database,
  names: { readonly [Name in ContainerName]: string },
): Handle['containers'] {
  const open = (name: ContainerName) => openContainer(database, names[name])
  return { events: open('events'), views: open('views'), leases: open('leases'), snapshots: open('snapshots') }
}

/** Whether a storage is open, and its operations in progress. */
export function openCalls(settings: RequestSettings): Pick<Handle, 'assertOpen' | 'closing' | 'run'> & {
  readonly close: () => Promise<void>
} {
  const closing = new AbortController()
  const running = new Set<Promise<unknown>>()
  const assertOpen = () => {
    if (closing.signal.aborted) throw new StorageClosed()
  }
  return {
    assertOpen,
    closing: closing.signal,
    async run(name, work, signal) {
      assertOpen()
      const call = runOperation(settings, name, work, signal)
      running.add(call)
      try {
        return await call
      } finally {
        running.delete(call)
      }
    },
    async close() {
      closing.abort()
      await Promise.allSettled(running)
    },
  }
}
