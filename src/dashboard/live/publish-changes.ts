import type { Alert } from '../../operations/model/alert.ts'
import type { Operations } from '../../operations/model/operations.ts'
import { SERIES, type SeriesName } from '../../operations/model/series.ts'
import type { LiveMessages } from '../contract/live.ts'
import type { Hub } from './hub.ts'

/** What `sample` sends, in this order. */
export const SAMPLED = Object.keys(SERIES) as readonly SeriesName[]

/** Passes on what changes to all browsers until the returned function is called. */
export function publishChanges(operations: Operations, hub: Hub): () => void {
  let alerts = new Map(operations.alerts().map((alert) => [alert.fingerprint, alert]))
  let activity: string | undefined

  function publishAlerts(): void {
    const now = new Map(operations.alerts().map((alert) => [alert.fingerprint, alert]))
    for (const alert of now.values()) {
      const before = alerts.get(alert.fingerprint)
      if (before?.severity !== alert.severity) hub.publish('alert', noticeOf(alert, 'firing'))
    }
    for (const alert of alerts.values()) {
      if (!now.has(alert.fingerprint)) hub.publish('alert', noticeOf(alert, 'resolved'))
    }
    alerts = now
  }

  async function publishActivity(): Promise<void> {
    const { rows } = await operations.activity({ limit: LATEST })
    const known = rows.findIndex(({ id }) => id === activity)
    const fresh = activity === undefined || known < 0 ? rows.slice(0, 1) : rows.slice(0, known)
    activity = rows[0]?.id ?? activity
    for (const { id, at, type, text } of fresh.toReversed()) hub.publish('activity', { id, at, type, text })
  }

  return operations.subscribe((changes) => {
    const snapshot = operations.snapshot()
    if (changes.has('snapshot') && snapshot !== null) hub.publish('sample', sampleOf(operations, snapshot.at))
    if (changes.has('alerts')) publishAlerts()
    if (changes.has('activity')) publishActivity().catch(() => {})
    hub.changed(changes)
  })
}

/** How many activities are looked at for those that are new. */
const LATEST = 20

const sampleOf = ({ history }: Operations, t: number): LiveMessages['sample'] => ({
  t,
  v: SAMPLED.map((name) => history.read(name, t, 1).average.at(-1) ?? null),
})

const noticeOf = (
  { fingerprint, severity, startedAt, message }: Alert,
  status: LiveMessages['alert']['status'],
): LiveMessages['alert'] => ({ fingerprint, status, severity, startedAt, message })
