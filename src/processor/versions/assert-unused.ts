import type { Clock } from '../../core/clock.ts'
import { VersionInUse } from '../../core/errors/version.ts'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { versionKey } from '../leases/worker-registry.ts'
import { leasesOf } from './covered-positions.ts'

// A worker that was paused for longer than its lease may still save its current page when it continues. Without its
// tidemarks, a rebuilt view would be considered further ahead than it is.
const GRACE = 30_000

/**
 * Asserts that no worker runs a version, or ran it recently without releasing its leases.
 *
 * @throws VersionInUse
 */
export async function assertUnused(
  storage: Pick<StoragePort, 'leases'>,
  clock: Clock,
  { name, version }: { readonly name: string; readonly version: number },
): Promise<void> {
  const now = clock.now()
  const key = versionKey({ name, version })
  const workers = await leasesOf(storage, WORKERS, 1)
  const leases = await leasesOf(storage, name, version)
  for (const { owner, expiresAt, projections } of workers) {
    if (owner !== null && expiresAt > now && Array.isArray(projections) && projections.includes(key)) {
      throw new VersionInUse(name, version, owner, 'stop the workers that run this version first')
    }
  }
  for (const lease of leases) {
    const { owner } = lease
    const expiresAt = expiryOf(lease, workers)
    if (owner !== null && expiresAt + GRACE > now) {
      const reason = `stop it or, if it was killed, wait until ${new Date(expiresAt + GRACE).toISOString()}`
      throw new VersionInUse(name, version, owner, reason)
    }
  }
}
