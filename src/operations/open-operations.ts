import { type Clock, systemClock } from '../core/clock.ts'
import type { Storage } from '../views/with-views.ts'
import { createDeleteOld } from './activity/delete-old.ts'
import type { SeenInstance } from './activity/instance-record.ts'
import { createObserveActivity } from './activity/observe-activity.ts'
import { createObserveTime, dayOf, LEAST_GAP } from './activity/observe-time.ts'
import { createSeeInstances } from './activity/seen-instances.ts'
import { serveActivity } from './activity/serve-activity.ts'
import { lostChanges, unwatched } from './activity/watch-record.ts'
import { isSilenced } from './alerts/silences.ts'
import { createAssignChange } from './incidents/assign-change.ts'
import { incidentReaction } from './incidents/incident-reaction.ts'
import { serveIncidents } from './incidents/serve-incidents.ts'
import type { Alert } from './model/alert.ts'
import type { AlertChange, Evaluation } from './model/evaluation.ts'
import type { Operations } from './model/operations.ts'
import type { Evaluator } from './model/parts.ts'
import type { Snapshot } from './model/snapshot.ts'
import type { Destination } from './notify/destination.ts'
import { notifyReaction } from './notify/notify-reaction.ts'
import type { Sampler } from './sampler/sampler.ts'
import { serveSilences } from './silences/serve-silences.ts'
import { createRecordChanges } from './store/alert/record-changes.ts'
import { createConnection } from './store/connection.ts'
import { createKnown } from './store/known.ts'
import { loadKnown } from './store/load-known.ts'
import { createChangeNotifier } from './store/notify-changes.ts'
import { createOutbox, type Lost } from './store/outbox.ts'
import { openRecords } from './store/records.ts'
import { createRefreshKnown } from './store/refresh-known.ts'
import { createSavedNumbers } from './store/saved-numbers.ts'

/** How operations are opened. */
export type OperationsOptions = {
  /** Where alerts, incidents and activity are stored: another storage than the watched one. Both stay open. */
  readonly store: Storage
  /** What `store` is called. */
  readonly storeKind: string
  /** Where notices of incidents are sent; see `parseDestinations`. */
  readonly notify?: readonly Destination[]
  /** What the watched system is called in notices; default `tidemark`. */
  readonly service?: string
  /** Where people reach the dashboard, for links in notices. */
  readonly link?: string
  readonly clock?: Clock
  /** The random source for jitter: from 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: () => number
  /** What operations on another storage, which is gone, have left. */
  readonly left?: Left
  readonly evaluator: Evaluator
  /** Called when `store` begins to fail, or fails in another way than before. */
  readonly onError?: (error: unknown) => void
  /** What watches a storage. It is closed with the operations. */
  readonly sampler: Sampler
}

/** What was not stored, or only where it is gone. */
export type Left = {
  /** Those that were open. */
  readonly alerts: readonly Alert[]
  /** The writes that were pending. */
  readonly lost: Lost | undefined
}

/** Operations, and what is left of them if they are closed because their storage is gone. */
export type OpenedOperations = Operations & {
  /** Gives up the pending writes. */
  leave(): Left
}

// What may wait to be stored: at a beat a second, and a few changes in each, some hours.
const MOST_WAITING = 10_000

const HOUR = 3_600_000

/** Watches a storage: what it decides and sees is stored as events, and shared with others who watch the same one. */
export async function openOperations(options: OperationsOptions): Promise<OpenedOperations> {
  const { store, storeKind, sampler, evaluator, clock = systemClock, random } = options
  const { notify = [], service = 'tidemark', link = null } = options
  const timing = { clock, ...(random && { random }) }
  const records = openRecords(store, timing)
  const known = createKnown()
  const outbox = createOutbox(MOST_WAITING)
  const { changed, subscribe } = createChangeNotifier()
  const changes = createRecordChanges(records, known.alerts, outbox)
  const refresh = createRefreshKnown(store, known, changes)
  const numbers = createSavedNumbers(store, sampler.history, evaluator)
  const seeInstances = createSeeInstances()
  const deleteOld = createDeleteOld(store)
  const observeActivity = createObserveActivity(records, outbox)
  const observeTime = createObserveTime(records, outbox, sampler.every)
  const assign = createAssignChange(records.incidents, known.incidents)
  let evaluation: Evaluation = { changes: [], pending: [], rules: [], gap: null }
  let seen: readonly SeenInstance[] | null = null
  let savedHour = Math.floor(clock.now() / HOUR)

  async function load(): Promise<void> {
    const now = clock.now()
    const until = await loadKnown(store, records, known, now)
    changes.add((options.left?.alerts ?? []).map(asFired))
    await numbers.load(now)
    if (until === undefined) return
    const gap = unwatched({ from: until, to: now }, LEAST_GAP)
    await records.watch.execute(dayOf(now), gap)
  }

  const connection = createConnection(
    store,
    {
      load,
      async refresh() {
        tellLost()
        changed(...(await refresh(clock.now())))
        await deleteOld(clock.now(), seen)
        const hour = Math.floor(clock.now() / HOUR)
        if (hour === savedHour) return
        await numbers.save(savedHour * HOUR)
        savedHour = hour
      },
    },
    outbox,
    [
      incidentReaction(records.alerts, async (change) => {
        await assign(change)
        changed('incidents', 'alerts')
      }),
      ...notify.map((one) => notifyReaction(store, records.incidents, one, { service, link }, clock)),
    ],
    { ...timing, onError: options.onError },
  )

  function tellLost(): void {
    const lost = outbox.takeLost()
    if (lost === undefined) return
    changes.addAll()
    recordLost(lost)
  }

  function recordLost(lost: Lost): void {
    const now = clock.now()
    outbox.add({ at: now, write: () => records.watch.execute(dayOf(now), lostChanges(lost, now)) })
  }

  if (options.left?.lost) recordLost(options.left.lost)

  const alerts = () => known.alerts.open(known.incidents.incidentOf)

  function look(snapshot: Snapshot): void {
    evaluation = evaluator.evaluate(snapshot, alerts())
    if (changes.add(evaluation.changes)) changed('alerts')
    seen = seeInstances(snapshot)
    observeActivity(snapshot, seen)
    observeTime(snapshot, seen)
    changed('snapshot')
    void connection.work()
  }

  await connection.work()
  const unsubscribe = sampler.subscribe(look)

  let closed: Promise<void> | undefined
  async function close(): Promise<void> {
    unsubscribe()
    await sampler.close()
    await connection.work()
    await numbers.save(clock.now()).catch(() => {})
    await connection.close()
  }

  const operations: Omit<OpenedOperations, typeof Symbol.asyncDispose> = {
    snapshot: sampler.latest,
    every: sampler.every,
    history: sampler.history,
    cost: sampler.cost,
    watchEvents: sampler.watchEvents,
    recentEvents: sampler.recentEvents,
    alerts,
    pending: () => evaluation.pending,
    rules: () => evaluation.rules,
    budgets: evaluator.budgets,
    isSilenced: (alert) => isSilenced(known.silences.at(clock.now()), alert, clock.now()),
    openIncidents: known.incidents.open,
    ...serveIncidents(store, records.incidents, known.incidents, clock, () => changed('incidents')),
    ...serveSilences(records, known.silences, clock, () => changed('silences')),
    ...serveActivity(store, outbox, clock),
    ops: () => ({ error: connection.error, kind: storeKind, bytes: connection.bytes }),
    leave() {
      outbox.clear()
      return { alerts: alerts(), lost: outbox.takeLost() }
    },
    subscribe,
    close: () => (closed ??= close()),
  }
  return { ...operations, [Symbol.asyncDispose]: operations.close }
}

const asFired = ({ fingerprint, rule, subject, severity, message, startedAt }: Alert): AlertChange => ({
  ...{ type: 'AlertFired', fingerprint, rule, subject, severity, message },
  at: Date.parse(startedAt),
})
