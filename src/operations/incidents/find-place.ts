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
 * Finds the incident of a change: the one that has the alert; otherwise, for an alert that fires, an open one about the
 * same subject, or one with an alert that began within ten minutes of it. What resolved itself is reopened by such an
 * alert, and by one of its own that fires again within ten minutes of its end. What a person resolved is not: they are
 * done with it, and it is a new one.
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
  const isNear = (time: string) => Math.abs(Date.parse(change.at) - Date.parse(time)) <= TOGETHER
  const { kind, id } = change.subject
  const isNearOne = ({ alerts }: IncidentRecord) => alerts.some(({ startedAt }) => isNear(startedAt))
  const isAboutSame = ({ alerts }: IncidentRecord) =>
    alerts.some(({ subject }) => subject.kind === kind && subject.id === id)
  const open = newestFirst.find((one) => isOpen(one) && (isAboutSame(one) || isNearOne(one)))
  if (open) return { is: 'member', id: open.id }
  const isJustOver = ({ resolvedAt }: IncidentRecord) => resolvedAt !== null && isNear(resolvedAt)
  const over = newestFirst.find(
    (one) => !isOpen(one) && one.resolvedBy === null && (isNearOne(one) || (one === last && isJustOver(one))),
  )
  return over ? { is: 'reopened', id: over.id } : { is: 'new' }
}

const isOpen = ({ state }: IncidentRecord): boolean => state !== 'resolved'
