import { IncarnationMismatch } from '../errors/feed.ts'
import { InvalidContinuation } from '../errors/input.ts'
import type { FeedRange } from '../port/change-feed.ts'
import type { LeaseDocument } from '../port/lease-store.ts'
import { decodeContinuation, isEncodedContinuation, type LastEvent } from './continuation.ts'

/** The position in a range up to which something was derived from the log. */
export type DerivedPlace = {
  readonly leaseId: string
  readonly range: FeedRange
  /** The LSN. */
  readonly readTo: number
  /** The adapter's own text for the place. */
  readonly place: string
  /** The last event at or below it. */
  readonly last: LastEvent
}

/**
 * The furthest checkpoint of the leases of each range in this incarnation of the log, to be compared with the log when
 * a storage is opened. A lease that names no event, or cannot be read, is left out: the worker that takes it will
 * detect the problem.
 */
export function furthestPlaces(leases: readonly LeaseDocument[], incarnation: string): DerivedPlace[] {
  const furthest = new Map<string, DerivedPlace>()
  for (const lease of leases) {
    const { range, readTo } = lease
    const content = contentOf(lease, incarnation)
    if (content === null || content.last === null) continue
    const { place, last } = content
    const key = `${range.min}-${range.max}`
    if (readTo > (furthest.get(key)?.readTo ?? -1)) furthest.set(key, { leaseId: lease.id, range, readTo, place, last })
  }
  return [...furthest.values()]
}

function contentOf({ continuation, range, ...lease }: LeaseDocument, incarnation: string) {
  if (lease.incarnation !== incarnation || continuation === null || !isEncodedContinuation(continuation)) return null
  try {
    return decodeContinuation(continuation, range, incarnation)
  } catch (error) {
    if (error instanceof InvalidContinuation || error instanceof IncarnationMismatch) return null
    throw error
  }
}
