import type { Incident } from '../model/incident.ts'
import type { Destination } from './destination.ts'

/** Why a notice is sent. */
export type NoticeReason = 'opened' | 'reopened' | 'joined' | 'changed' | 'acknowledged' | 'resolved' | 'repeated'

/** An alert of a notice. */
export type NoticeAlert = Incident['alerts'][number] & { readonly resolvedAt: string | null }

/** The notice of an incident. */
export type Notice = {
  readonly reason: NoticeReason
  readonly incident: Omit<Incident, 'alerts' | 'timeline'>
  /** Those that are not silenced. */
  readonly alerts: readonly NoticeAlert[]
  /** Unique for this incident and its storage. */
  readonly key: string
  /** What the watched system is called. */
  readonly service: string
  /** Where the incident is shown; null if that is not known. */
  readonly link: string | null
  /** When the notice is made: milliseconds since 1970. */
  readonly at: number
}

/** Notices of an open incident are repeated after so many milliseconds. */
export const REPEATED_AFTER = 4 * 3_600_000

// Alertmanager takes an alert to be resolved that is not repeated in time.
const MARGIN = 600_000

/** The body of a notice as a destination expects it; undefined if it has no use for this notice. */
export function bodyOf({ kind, key }: Pick<Destination, 'kind' | 'key'>, notice: Notice): object | undefined {
  if (kind === 'alertmanager') return alertmanagerBody(notice)
  return kind === 'pagerduty' ? pagerDutyBody(notice, key ?? '') : jsonBody(notice)
}

/** `POST /api/v2/alerts` of Alertmanager. */
function alertmanagerBody({ reason, alerts, incident, service, link, at }: Notice): object | undefined {
  if (reason === 'acknowledged') return undefined
  const later = new Date(at + REPEATED_AFTER + MARGIN).toISOString()
  return alerts.map(({ rule, subject, severity, message, startedAt, resolvedAt }) => ({
    labels: { alertname: rule, subject: subject.id, subject_kind: subject.kind, severity, service },
    annotations: { summary: message, incident: incident.id },
    startsAt: startedAt,
    endsAt: resolvedAt ?? incident.resolvedAt ?? later,
    ...(link !== null && { generatorURL: link }),
  }))
}

/** An event of PagerDuty's Events API v2. */
function pagerDutyBody({ reason, incident, alerts, key, service, link, at }: Notice, routingKey: string): object {
  const event = { routing_key: routingKey, dedup_key: key }
  if (reason === 'acknowledged') return { ...event, event_action: 'acknowledge' }
  if (reason === 'resolved') return { ...event, event_action: 'resolve' }
  return {
    ...event,
    event_action: 'trigger',
    payload: {
      summary: incident.title.slice(0, 1_024),
      source: service,
      severity: incident.severity,
      timestamp: new Date(at).toISOString(),
      custom_details: {
        incident: incident.id,
        alerts: alerts.filter(({ state }) => state !== 'resolved').map(({ message }) => message),
      },
    },
    ...(link !== null && { links: [{ href: link, text: `Incident ${incident.id}` }] }),
  }
}

/** The shape of a webhook of the user's own. */
function jsonBody({ reason, incident, alerts, key, service, link, at }: Notice): object {
  return { type: `incident.${reason}`, at: new Date(at).toISOString(), service, key, link, incident, alerts }
}
