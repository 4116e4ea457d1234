import { isOfLife } from '../../core/leases/lease-owner.ts'
import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'

/** A document of the lease store as one worker knows it. */
export type KnownDocument = {
  readonly stored: Stored<LeaseDocument>
  /** When this worker first saw it in its current state: milliseconds since 1970, by its own clock. */
  readonly seenAt: number
}

/**
 * When a document expires, by the clock of the worker that checks: at its stored time, or once it was seen unchanged
 * for its whole duration. The latter also works if its owner's clock is ahead.
 */
function lapsesAt({ stored: { document }, seenAt }: KnownDocument): number {
  const { expiresAt, duration } = document
  return Math.min(expiresAt, typeof duration === 'number' ? seenAt + duration : Number.POSITIVE_INFINITY)
}

/** Whether a worker is alive, according to its document. */
export const isAlive = (worker: KnownDocument, now: number): boolean => now < lapsesAt(worker)

/**
 * Since when a lease has had no owner: milliseconds since 1970; undefined while a worker owns it.
 *
 * A lease is not renewed. It expires with the document of the worker that owns it, if that is still the same life of
 * the worker. If the owner is unknown in that life, the lease expires at its own stored time: the owner may have just
 * started, or be an older release that renews each lease.
 *
 * @param owner the document of the worker that the lease names
 */
export function freeSince(lease: KnownDocument, owner: KnownDocument | undefined, now: number): number | undefined {
  const { document } = lease.stored
  if (document.owner === null) return lease.seenAt
  const end = lapsesAt(owner !== undefined && isOfLife(document, owner.stored.document) ? owner : lease)
  return now >= end ? end : undefined
}
