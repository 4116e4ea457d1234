import type { Clock } from '../../core/clock.ts'
import { type Processor, startProcessor } from '../../processor/processor.ts'
import type { Work } from '../../processor/work.ts'
import type { Storage } from '../../views/with-views.ts'
import { activityView } from '../activity/activity-view.ts'
import { availabilityView } from '../activity/availability-view.ts'
import { incidentsView } from '../incidents/incidents-view.ts'
import { silencesView } from '../silences/silence-record.ts'
import { alertsView } from './alert/alerts-view.ts'
import type { Outbox } from './outbox.ts'

/** The connection to the storage of operations, which may be away for a while, also at the start. */
export type Connection = {
  /** Connects if that has not succeeded yet, stores the pending writes, and reads what others wrote; it never throws. */
  work(): Promise<void>
  /** Whether the storage does what it is asked for, and in time. */
  readonly ok: boolean
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

/** @param reactions what follows from the events */
export function createConnection(
  store: Storage,
  { load, refresh }: ConnectionSteps,
  outbox: Outbox,
  reactions: readonly Work[],
  { clock, random }: { readonly clock: Clock; readonly random?: () => number },
): Connection {
  const views = [alertsView, incidentsView, silencesView, activityView, availabilityView]
  let processor: Processor | undefined
  let bytes: number | null = null
  let isLoaded = false
  let isFine = true
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
      isFine = true
    } catch {
      isFine = false
    }
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
    get ok() {
      return isFine && outbox.ok && (since === undefined || clock.now() - since < LONG)
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
