import { isSilenced } from '../alerts/silences.ts'
import type { IncidentAlert } from '../incidents/incident-events.ts'
import type { Silence } from '../model/alert.ts'
import type { NoticeAlert } from './notice.ts'

/**
 * The alerts of an incident that are not silenced. A resolved one counts unless it was silenced from its start to its
 * end: a receiver of the start must receive the end.
 *
 * @param now milliseconds since 1970
 */
export function visibleAlerts(
  alerts: readonly IncidentAlert[],
  silences: readonly Silence[],
  now: number,
): readonly NoticeAlert[] {
  return alerts.flatMap(({ change: _, resolvedAt = null, ...alert }) => {
    const from = resolvedAt === null ? now : Date.parse(alert.startedAt)
    const to = resolvedAt === null ? now : Date.parse(resolvedAt)
    // A time that no silence covers begins where the alert does, or where a silence ends.
    const begins = [from, ...silences.map(endOf).filter((end) => end > from && end <= to)]
    return begins.every((at) => isSilenced(silences, alert, at)) ? [] : [{ ...alert, resolvedAt }]
  })
}

/** When the first of the silences ends that are not over: milliseconds since 1970; undefined without any. */
export function nextEnd(silences: readonly Silence[], now: number): number | undefined {
  const ends = silences.map(endOf).filter((end) => end > now)
  return ends.length === 0 ? undefined : Math.min(...ends)
}

const endOf = ({ until, endedAt }: Silence): number => Math.min(Date.parse(until), Date.parse(endedAt ?? until))
