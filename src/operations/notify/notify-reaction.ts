import type { Clock } from '../../core/clock.ts'
import { idOf } from '../../core/stream-id.ts'
import { defineReaction } from '../../reactions/define-reaction.ts'
import type { Reaction, ReactionContext } from '../../reactions/reaction.ts'
import type { Storage } from '../../views/with-views.ts'
import { incidentEvents } from '../incidents/incident-events.ts'
import { type IncidentRecord, toIncident } from '../incidents/incident-record.ts'
import type { Incidents } from '../incidents/new-incidents.ts'
import type { Silence } from '../model/alert.ts'
import { silencesView, toSilence } from '../silences/silence-record.ts'
import { allOf } from '../store/open-queries.ts'
import type { Destination } from './destination.ts'
import { bodyOf, type Notice, type NoticeReason, REPEATED_AFTER } from './notice.ts'
import { sendNotice } from './send-notice.ts'
import { nextEnd, visibleAlerts } from './visible-alerts.ts'

/** What notices are made of besides the incident. */
export type NoticeSettings = {
  /** What the watched system is called. */
  readonly service: string
  /** The address of the dashboard; null if it is not known outside. */
  readonly link: string | null
}

// Of an incident that is over meanwhile, only these are sent.
const LASTING: ReadonlySet<NoticeReason> = new Set(['opened', 'reopened', 'resolved'])

type Context = Pick<ReactionContext<'again'>, 'after' | 'cancel' | 'signal'>

/**
 * Sends notices of incidents to one destination. It waits out an outage of the destination, and a notice that is refused
 * is parked. While an incident is open and is not acknowledged, the notice is repeated.
 */
export function notifyReaction(
  store: Storage,
  incidents: Incidents,
  destination: Destination,
  { service, link }: NoticeSettings,
  clock: Clock,
): Reaction {
  async function tell(id: string, reason: NoticeReason, context: Context): Promise<void> {
    const { state: record } = await incidents.load(id)
    if (record.state === 'resolved' && !LASTING.has(reason)) return
    const now = clock.now()
    const silences = await silencesSince(record)
    const alerts = visibleAlerts(record.alerts, silences, now)
    const { alerts: _alerts, timeline: _timeline, ...incident } = toIncident(record)
    const page = link === null ? null : new URL(`#/incidents/${id}`, link).href
    const key = `${store.incarnation}-${id}`
    const notice: Notice = { reason, incident, alerts, key, service, link: page, at: now }
    const body = alerts.length > 0 ? bodyOf(destination, notice) : undefined
    if (body !== undefined) await sendNotice(destination, body, context.signal)
    await scheduleNext(record, silences, now, context)
  }

  /** Schedules a repeat, or a first notice for when a silence is over. */
  async function scheduleNext(record: IncidentRecord, silences: readonly Silence[], now: number, context: Context) {
    const timer = { timer: 'again', key: record.id } as const
    // Alertmanager knows no acknowledgement, and takes what is not repeated to be over.
    const isRepeated =
      record.state === 'open' || (record.state === 'acknowledged' && destination.kind === 'alertmanager')
    const next = Math.min(now + REPEATED_AFTER, nextEnd(silences, now) ?? Number.POSITIVE_INFINITY)
    if (isRepeated) await context.after(new Date(next), timer)
    else await context.cancel(timer)
  }

  async function silencesSince({ openedAt }: IncidentRecord): Promise<readonly Silence[]> {
    const found = await allOf(store, silencesView, { until: { gte: openedAt } }, ({ id }) => id)
    return found.map(toSilence)
  }

  // PagerDuty knows incidents only, and not how their alerts end.
  const told: ReadonlySet<string> = new Set(
    destination.kind === 'pagerduty' ? ['AlertEscalated'] : ['AlertEscalated', 'AlertResolved'],
  )

  const telling =
    (reason: NoticeReason) =>
    ({ streamId }: { readonly streamId: string }, context: Context) =>
      tell(idOf(streamId), reason, context)

  return defineReaction(destination.name, {
    events: incidentEvents,
    attempts: 3,
    on: {
      IncidentOpened: telling('opened'),
      IncidentReopened: telling('reopened'),
      AlertJoined: telling('joined'),
      IncidentAlertChanged: ({ streamId, data: { type } }, context: Context) =>
        told.has(type) ? tell(idOf(streamId), 'changed', context) : undefined,
      IncidentAcknowledged: telling('acknowledged'),
      IncidentResolved: telling('resolved'),
    },
    timers: {
      again: ({ key }, context: Context) => tell(key, 'repeated', context),
    },
  })
}
