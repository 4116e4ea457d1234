import { idOf } from '../../core/stream-id.ts'
import type { Storage } from '../../views/with-views.ts'
import { incidentsView } from '../incidents/incidents-view.ts'
import { findNewIncidents } from '../incidents/new-incidents.ts'
import { silencesView } from '../silences/silence-record.ts'
import { alertsView } from './alert/alerts-view.ts'
import type { Known } from './known.ts'
import { allOf, OPEN_ALERTS, OPEN_INCIDENTS } from './open-queries.ts'
import type { Records } from './records.ts'

// The clocks of those who wrote it may differ.
const MARGIN = 5 * 60_000
const DAY = 86_400_000

/**
 * Reads what is open. The views may lack what was written last, if the process that folded them was killed; so what has
 * events since the storage was last watched is read from its stream.
 *
 * @param now milliseconds since 1970
 * @returns until when it was watched: milliseconds since 1970; undefined if it never was
 */
export async function loadKnown(store: Storage, records: Records, known: Known, now: number) {
  const until = await lastWatched(store, records, now)
  // The clock may have been set back since then.
  const since = new Date(Math.min(until ?? now - DAY, now) - MARGIN)
  const alerts = await allOf(store, alertsView, OPEN_ALERTS, ({ fingerprint }) => fingerprint)
  for (const record of alerts) known.alerts.put(record)
  for (const id of await changedSince(store, 'alert', since)) {
    known.alerts.put((await records.alerts.load(id)).state)
  }
  const { items } = await store.views.query(incidentsView, {
    orderBy: { field: 'id', direction: 'descending' },
    limit: 50,
  })
  const open = await allOf(store, incidentsView, OPEN_INCIDENTS, ({ id }) => id)
  for (const record of [...items, ...open]) known.incidents.put(record)
  await findNewIncidents(records.incidents, known.incidents)
  for (const id of await changedSince(store, 'incident', since)) {
    known.incidents.put((await records.incidents.load(id)).state)
  }
  const silences = await allOf(store, silencesView, { until: { gt: new Date(now).toISOString() } }, ({ id }) => id)
  for (const record of silences) known.silences.put(record)
  for (const id of await changedSince(store, 'silence', since)) {
    known.silences.put((await records.silences.load(id)).state)
  }
  return until
}

/** The ids of what has events of a category that were recorded since a time. */
async function changedSince(store: Storage, category: string, since: Date): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for await (const { stream } of store.events.query({ category, recorded: { from: since } })) ids.add(idOf(stream.id))
  return ids
}

// So many days are looked through; of what was watched longer ago, the gap does not matter.
const DAYS = 100

async function lastWatched(store: Storage, { watch }: Records, now: number): Promise<number | undefined> {
  const first = new Date(now - DAYS * DAY).toISOString().slice(0, 10)
  let last: string | undefined
  for await (const streamId of store.events.streams({ category: 'watch', after: `watch:${first}` })) last = streamId
  if (last === undefined) return undefined
  const { until } = (await watch.load(idOf(last))).state
  return until === '' ? undefined : Date.parse(until)
}
