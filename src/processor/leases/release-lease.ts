import { type Clock, systemClock } from '../../core/clock.ts'
import { LeaseHeld, LeaseNotFound } from '../../core/errors/lease.ts'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import { leaseIdIn, leaseText } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'

/**
 * Releases a lease on behalf of its owner, by command. This never loses or repeats a fold, because anything that the
 * owner still saves is guarded by ETag and tidemark.
 *
 * @param text the lease's id, or the lease as `leaseText` writes it
 * @param options.force also if the owner may be alive
 * @returns the previous owner, or null
 * @throws LeaseNotFound, LeaseHeld
 */
export async function releaseLease(
  { leases }: Pick<StoragePort, 'leases'>,
  text: string,
  { force = false, clock = systemClock }: { readonly force?: boolean; readonly clock?: Clock } = {},
): Promise<string | null> {
  const id = leaseIdIn(text)
  for (;;) {
    const found = await leases.get(id)
    if (found === undefined) throw new LeaseNotFound(text)
    const { owner } = found.document
    if (owner === null) return null
    const workers = await leases.list({ projection: WORKERS })
    const expiresAt = expiryOf(
      found.document,
      workers.map(({ document }) => document),
    )
    if (!force && expiresAt > clock.now())
      throw new LeaseHeld(leaseText(found.document), owner, new Date(expiresAt).toISOString())
    const released = { ...found.document, owner: null, expiresAt: 0 }
    if ((await leases.save(released, { ifMatch: found.etag })).saved) return owner
  }
}
