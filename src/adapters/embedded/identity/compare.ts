import { furthestPlaces } from '../../../core/adapters/lease-checkpoints.ts'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import { containsInterval } from '../../../core/positions/hash-interval.ts'
import type { Database } from '../sqlite/database.ts'
import { assertHoldsEvent, assertHoldsPlace } from './holds.ts'

/** The two files of a storage, and its fixed properties. */
export type Compared = {
  readonly log: Database
  readonly documents: Database
  readonly incarnation: string
  /** By slot. */
  readonly ranges: readonly FeedRange[]
}

/**
 * Compares the log with the data derived from it: with the furthest lease of each range, and with the furthest position
 * in each slot that any view or lease ever named.
 *
 * @throws LogDiverged, TidemarkAheadOfLog if the log is older than that; StorageCorrupt, StorageUnavailable, …
 */
export function assertLogHolds({ log, documents, incarnation, ranges }: Compared): void {
  const leases = documents.read(() => documents.all<[string]>('SELECT document FROM leases'))
  const noted = documents.read(() =>
    documents.all<[number, number, string | null]>(
      'SELECT slot, lsn, mark FROM derived WHERE incarnation = ?',
      incarnation,
    ),
  )
  log.read(() => {
    for (const { leaseId, range, readTo, last } of furthestPlaces(leases.flatMap(parsed), incarnation)) {
      const slot = ranges.findIndex((whole) => containsInterval(whole, range))
      if (slot < 0) continue
      assertHoldsPlace(log, `Lease ${leaseId}`, { slot, lsn: readTo, mark: null })
      assertHoldsEvent(log, `Lease ${leaseId}`, last)
    }
    for (const [slot, lsn, mark] of noted) {
      if (slot < ranges.length) assertHoldsPlace(log, 'A view or a lease', { slot, lsn, mark })
    }
  })
}

// The worker that takes a damaged lease will report it.
function parsed([document]: readonly [string]): LeaseDocument[] {
  try {
    return [JSON.parse(document)]
  } catch {
    return []
  }
}
