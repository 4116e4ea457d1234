import type { Storage } from '../../views/with-views.ts'
import { activityView } from '../activity/activity-view.ts'
import { incidentsView } from '../incidents/incidents-view.ts'
import type { OperationsChange } from '../model/operations.ts'
import { silencesView } from '../silences/silence-record.ts'
import { isOpen } from './alert/alert-record.ts'
import { alertsView } from './alert/alerts-view.ts'
import type { RecordChanges } from './alert/record-changes.ts'
import { idPartOf } from './id-part.ts'
import type { Known } from './known.ts'
import { allOf, OPEN_ALERTS, OPEN_INCIDENTS } from './open-queries.ts'

/** Reads the views for what other processes have changed. @returns what changed */
export type RefreshKnown = (now: number) => Promise<ReadonlySet<OperationsChange>>

// What this process takes to be open and the views do not: so many are looked up one by one.
const LOOKED_UP = 100

/** Creates what reads the views. */
export function createRefreshKnown(store: Storage, known: Known, changes: RecordChanges): RefreshKnown {
  const { views } = store
  let newest: string | undefined

  async function refreshAlerts(): Promise<boolean> {
    const open = await allOf(store, alertsView, OPEN_ALERTS, ({ fingerprint }) => fingerprint)
    const found = new Set(open.map(({ fingerprint }) => fingerprint))
    const missing = known.alerts.records().filter((one) => isOpen(one) && !found.has(one.fingerprint))
    const others = await Promise.all(
      missing.slice(0, LOOKED_UP).map(({ fingerprint }) => views.get(alertsView, idPartOf(fingerprint))),
    )
    return [...open, ...others].map((one) => one !== null && changes.put(one)).includes(true)
  }

  async function refreshIncidents(): Promise<boolean> {
    const open = await allOf(store, incidentsView, OPEN_INCIDENTS, ({ id }) => id)
    const found = new Set(open.map(({ id }) => id))
    const missing = known.incidents.open().filter(({ id }) => !found.has(id))
    const others = await Promise.all(missing.slice(0, LOOKED_UP).map(({ id }) => views.get(incidentsView, id)))
    return [...open, ...others].map((one) => one !== null && known.incidents.put(one)).includes(true)
  }

  async function refreshSilences(now: number): Promise<boolean> {
    const where = { until: { gt: new Date(now).toISOString() } }
    const silences = await allOf(store, silencesView, where, ({ id }) => id)
    return silences.map((one) => known.silences.put(one)).includes(true)
  }

  async function refreshActivity(): Promise<boolean> {
    const { items } = await views.query(activityView, {
      orderBy: { field: 'id', direction: 'descending' },
      limit: 20,
    })
    const before = newest
    newest = items.map(({ id }) => id).join(' ')
    return newest !== before
  }

  return async (now) => {
    const changed = new Set<OperationsChange>()
    if (await refreshAlerts()) changed.add('alerts')
    if (await refreshIncidents()) changed.add('incidents')
    if (await refreshSilences(now)) changed.add('silences')
    if (await refreshActivity()) changed.add('activity')
    return changed
  }
}
