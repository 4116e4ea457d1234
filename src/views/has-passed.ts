import { IncarnationMismatch } from '../core/errors/feed.ts'
import { type LeaseDocument, leaseText } from '../core/port/lease-store.ts'
import type { Stored } from '../core/port/save.ts'
import { containsHash } from '../core/positions/hash-interval.ts'
import type { Position } from '../core/positions/position.ts'

/**
 * Whether a projection has passed a position: everything up to its LSN was read in the part of the feed that contains
 * it, and the views for that were saved. What counts is what was read, not the last event that existed. The lease of a
 * range that was split since is still valid for this.
 *
 * @throws IncarnationMismatch if the lease belongs to another incarnation of the log
 */
export function hasPassed(leases: readonly Stored<LeaseDocument>[], position: Position, incarnation: string): boolean {
  for (const { document: lease } of leases) {
    if (!containsHash(lease.range, position.hash) || lease.readTo < position.lsn) continue
    if (lease.incarnation !== incarnation) {
      throw new IncarnationMismatch(`Lease ${leaseText(lease)}`, incarnation, lease.incarnation)
    }
    return true
  }
  return false
}
