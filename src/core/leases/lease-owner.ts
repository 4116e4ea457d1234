import type { LeaseDocument } from '../port/lease-store.ts'

/**
 * The reserved projection under which each running worker keeps a document among the leases: its id, its projection
 * versions, and until when it counts as alive. No projection can take this name.
 */
export const WORKERS = '$workers'

/** Whether a lease was taken in this life of its owner, so that it expires with the owner's document. */
export const isOfLife = (lease: LeaseDocument, owner: LeaseDocument): boolean =>
  lease.life !== undefined && owner.life === lease.life

/**
 * From when on others may take a lease, for callers that read the documents once: milliseconds since 1970; 0 if it has
 * no owner.
 *
 * @param workers the documents of all workers
 */
export function expiryOf(lease: LeaseDocument, workers: readonly LeaseDocument[]): number {
  if (lease.owner === null) return 0
  const owner = workers.find((worker) => worker.owner === lease.owner && isOfLife(lease, worker))
  return owner?.expiresAt ?? lease.expiresAt
}
