import { containsInterval } from '../../core/hash-interval.ts'
import { type LeaseDocument, leaseId } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Reaction } from '../../reactions/reaction.ts'

/**
 * Fixes where a reaction begins that was never started, before anything is appended that it must not miss: on each
 * feed range at its end of now. One that began goes on where it was, also on ranges that were cut since.
 */
export async function beginReaction(
  { feed, leases, incarnation }: Pick<StoragePort, 'feed' | 'leases' | 'incarnation'>,
  { name, version, react }: Reaction,
): Promise<void> {
  if (react.from === 'start') return
  const known = (await leases.list({ projection: name, version })).map(({ document }) => document)
  for (const range of await feed.ranges()) {
    if (known.some((lease) => containsInterval(lease.range, range))) continue
    const { continuation, readTo } = await feed.read(range, 'now', { limit: 1 })
    const lease: LeaseDocument = {
      id: leaseId(name, version, range),
      projection: name,
      version,
      range,
      owner: null,
      expiresAt: 0,
      continuation,
      readTo,
      incarnation,
    }
    // Whoever was first has fixed it.
    await leases.save(lease, 'ifAbsent')
  }
}
