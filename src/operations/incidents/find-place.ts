import type { IncidentRecord } from './incident-record.ts'
import { type IncomingChange, isTrigger, knows } from './take-in.ts'

/** Where a change of an alert belongs. */
export type Place =
  | { readonly is: 'known' }
  | { readonly is: 'nowhere' }
  | { readonly is: 'new' }
  | { readonly is: 'member' | 'reopened'; readonly id: string }

/** Alerts that begin within this time of each other are one incident, and an incident that resolved itself reopens. */
const TOGETHER = 10 * 60_000

/**
 * Finds the incident of a change: the one that has the alert, otherwise, for an alert that fires, one that an alert of
 * the same subject belongs to, or one that began or grew within ten minutes of it. An alert that fires again within ten
 * minutes of the end of its incident reopens it, unless a person resolved it: then they are done with it, and it is a
 * new one.
 *
 * @param newestFirst incidents, open or not long ago resolved
 */
export function findPlace(newestFirst: readonly IncidentRecord[], change: IncomingChange): Place {
  const own = newestFirst.filter(({ alerts }) => alerts.some(({ fingerprint }) => fingerprint === change.fingerprint))
  if (own.some((one) => knows(one, change))) return { is: 'known' }
  const member = own.find(isOpen)
  if (member) return { is: 'member', id: member.id }
  const last = own[0]
  if (!isTrigger(change)) return last ? { is: 'member', id: last.id } : { is: 'nowhere' }
  const at = Date.parse(change.at)
  const isNear = (time: string) => Math.abs(at - Date.parse(time)) <= TOGETHER
  const { kind, id } = change.subject
  const related = newestFirst
    .filter(isOpen)
    .find(({ alerts }) =>
      alerts.some(({ subject, startedAt }) => (subject.kind === kind && subject.id === id) || isNear(startedAt)),
    )
  if (last && last.resolvedBy === null && last.resolvedAt !== null && isNear(last.resolvedAt)) {
    return { is: 'reopened', id: last.id }
  }
  return related ? { is: 'member', id: related.id } : { is: 'new' }
}

const isOpen = ({ state }: IncidentRecord): boolean => state !== 'resolved'
