import { notify } from '../../core/async/callbacks.ts'
import type { Clock } from '../../core/clock.ts'
import { StorageUnavailable } from '../../core/errors/storage.ts'
import { reportOf } from '../../processor/failures.ts'
import { type Processor, startProcessor } from '../../processor/processor.ts'
import type { Work } from '../../processor/work.ts'
import type { Storage } from '../../views/with-views.ts'
import { activityView } from '../activity/activity-view.ts'
import { availabilityView } from '../activity/availability-view.ts'
import { incidentsView } from '../incidents/incidents-view.ts'
import type { Fault } from '../model/snapshot.ts'
import { silencesView } from '../silences/silence-record.ts'
import { alertsView } from './alert/alerts-view.ts'
import type { Outbox } from './outbox.ts'

/** The connection to the storage of operations, which may be away for a while, also at the start. */
export type Connection = {
  /** Connects if that has not succeeded yet, stores the pending writes, and reads what others wrote; it never throws. */
  work(): Promise<void>
  /** Why the storage does not do what it is asked for, or not in time; null while it does. */
  readonly error: Fault | null
  /** The bytes of its files; null if that is not known. */
  readonly bytes: number | null
  /** Stops folding. */
  close(): Promise<void>
}

/** How it is used. */
export type ConnectionSteps = {
  /** Reads what is known at the start. It may be called again after a failure. */
  load(): Promise<void>
  /** Reads what others wrote. */
  refresh(): Promise<void>
}

// What takes longer has failed for now: milliseconds.
const LONG = 10_000

/** How it is timed, and what its failures are reported to. */
export type ConnectionOptions = {
  readonly clock: Clock
  readonly random?: () => number
  /** Called when it begins to fail, or fails in another way than before. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** @param reactions what follows from the events */
export function createConnection(
  store: Storage,
  { load, refresh }: ConnectionSteps,
  outbox: Outbox,
  reactions: readonly Work[],
  { clock, random, onError }: ConnectionOptions,
): Connection {
  const views = [alertsView, incidentsView, silencesView, activityView, availabilityView]
  let processor: Processor | undefined
  let bytes: number | null = null
  let isLoaded = false
  let failure: unknown
  let isClosed = false
  let since: number | undefined
  let working: Promise<void> | undefined
  let isAsked = false

  async function workOff(): Promise<void> {
    while (isAsked) {
      isAsked = false
      since = clock.now()
      await step()
    }
  }

  async function step(): Promise<void> {
    try {
      if (!isLoaded) await load()
      isLoaded = true
      processor ??= await startProcessor(store, [...views, ...reactions], { clock, ...(random && { random }) })
      await outbox.flush()
      await refresh()
      bytes = (await store.health?.())?.bytes ?? null
      failed(outbox.error)
    } catch (error) {
      failed(error)
    }
  }

  function failed(error: unknown): void {
    const isNew = error !== undefined && (failure === undefined || faultOf(error).code !== faultOf(failure).code)
    failure = error
    if (isNew) notify(onError, error)
  }

  return {
    work() {
      if (isClosed) return Promise.resolve()
      isAsked = true
      working ??= workOff().finally(() => {
        working = undefined
        since = undefined
      })
      return working
    },
    get error() {
      const found = failure ?? outbox.error
      if (found !== undefined) return faultOf(found)
      const isLate = since !== undefined && clock.now() - since >= LONG
      return isLate ? faultOf(new StorageUnavailable(`did not respond within ${LONG} ms`)) : null
    },
    get bytes() {
      return bytes
    },
    async close() {
      isClosed = true
      await working
      await processor?.stop()
    },
  }
}

function faultOf(error: unknown): Fault {
  const { code, message } = reportOf(error, 0)
  return { code, message }
}
