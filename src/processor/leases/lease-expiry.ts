import type { LeaseDocument } from '../../core/port/lease-store.ts'
import type { Stored } from '../../core/port/save.ts'

/** A document of the lease store as one worker knows it. */
export type KnownDocument = {
  readonly stored: Stored<LeaseDocument>
  /** When this worker first saw it in the state that it is in: milliseconds since 1970, by its own clock. */
  readonly seenAt: number
}

/**
 * When a document lapses, by the clock of the worker that looks: at the time that it names, or once it was seen
 * unchanged for as long as it lasts. The latter holds also where the clock of its owner is ahead.
 */
function lapsesAt({ stored: { document }, seenAt }: KnownDocument): number {
  const { expiresAt, duration } = document
  return Math.min(expiresAt, typeof duration === 'number' ? seenAt + duration : Number.POSITIVE_INFINITY)
}

/** Whether a lease was taken in this life of its owner, with whose document it lapses then. */
export const isOfLife = (lease: LeaseDocument, owner: LeaseDocument): boolean =>
  lease.life !== undefined && owner.life === lease.life

/** Whether a worker is alive, as far as its document tells. */
export const isAlive = (worker: KnownDocument, now: number): boolean => now < lapsesAt(worker)

/**
 * Since when nobody owns a lease: milliseconds since 1970; undefined when a worker owns it.
 *
 * A lease is not renewed. It lapses with the document of the worker that owns it, if that is still the same life of
 * the worker. A lease whose owner is not known in that life lapses by itself: its owner may have started just now, or
 * be of a release that renews each lease.
 *
 * @param owner the document of the worker that the lease names
 */
export function freeSince(lease: KnownDocument, owner: KnownDocument | undefined, now: number): number | undefined {
  const { document } = lease.stored
  if (document.owner === null) return lease.seenAt
  const end = lapsesAt(owner !== undefined && isOfLife(document, owner.stored.document) ? owner : lease)
  return now >= end ? end : undefined
}

/**
 * From when on others may take a lease, for those who read the documents once: milliseconds since 1970; 0 when nobody
 * owns it.
 *
 * @param workers the documents of all workers
 */
export function expiryOf(lease: LeaseDocument, workers: readonly LeaseDocument[]): number {
  if (lease.owner === null) return 0
  const owner = workers.find((worker) => worker.owner === lease.owner && isOfLife(lease, worker))
  return owner?.expiresAt ?? lease.expiresAt
}
