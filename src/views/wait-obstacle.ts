import type { Clock } from '../core/clock.ts'
import type { WaitObstacle } from '../core/errors/view.ts'
import { expiryOf } from '../core/leases/lease-owner.ts'
import type { Located } from '../core/port/event-log.ts'
import type { LeaseDocument } from '../core/port/lease-store.ts'
import { containsHash, intervalText } from '../core/positions/hash-interval.ts'
import type { ProjectionRef } from './projection-ref.ts'
import type { WaitReads } from './waiter-reads.ts'

/** How far what is waited for was when it was looked at: the LSNs that were left, and when. */
type Sighting = { readonly at: number; readonly left: number }

/** Follows how what is waited for gets nearer, for an ETA. */
export type WaitPace = {
  /** Notes how many LSNs were left to read. */
  note(left: number): void
  /** Milliseconds until none is left at the pace so far; null where it did not get nearer. */
  eta(): number | null
}

/** Makes the pace of one waiter. */
export function createWaitPace(clock: Clock): WaitPace {
  let first: Sighting | undefined
  let last: Sighting | undefined
  return {
    note(left) {
      last = { at: clock.now(), left }
      first ??= last
    },
    eta() {
      if (first === undefined || last === undefined || last.left >= first.left || last.at <= first.at) return null
      return Math.ceil((last.left * (last.at - first.at)) / (first.left - last.left))
    },
  }
}

/**
 * Finds out why a view did not reach a position in time, by what operators and workers have stored.
 *
 * @param version the version of the projection that readers see
 * @param located where the position lies
 */
export async function findObstacle(
  reads: WaitReads,
  clock: Clock,
  projection: ProjectionRef,
  version: number,
  located: readonly Located[],
  pace: WaitPace,
): Promise<WaitObstacle> {
  const { name } = projection
  const since = await reads.pausedSince(projection, version)
  if (since !== null) return { reason: 'paused', detail: `version ${version} has been paused since ${since}` }
  const hashes = located.flatMap(({ at, hash }) => (at === 'erased' ? [] : [hash]))
  const [leases, workers] = await Promise.all([reads.leases(projection, version, hashes), reads.workers()])
  const now = clock.now()
  const found = hashes.map((hash) => {
    const around = leases.map(({ document }) => document).filter(({ range }) => containsHash(range, hash))
    return { around, owned: around.find((lease) => lease.owner !== null && expiryOf(lease, workers) > now) }
  })
  const free = found.filter(({ owned }) => owned === undefined)
  if (free.length > 0)
    return {
      reason: 'noWorker',
      detail: noWorker(
        name,
        version,
        free.flatMap(({ around }) => around),
      ),
    }
  const owned = found.flatMap((one) => one.owned ?? [])
  const stalled = owned.find(({ state }) => state === 'stalled')
  if (stalled) return { reason: 'stalled', detail: `version ${version} is stalled${causeOf(stalled)}` }
  const behind = behindOf(owned)
  const eta = pace.eta()
  const lag = behind === null ? 'behind' : `${behind.toLocaleString('en')} ${behind === 1 ? 'event' : 'events'} behind`
  const time = eta === null ? 'no ETA yet' : `ETA ${Math.ceil(eta / 1000)} s`
  return { reason: 'behind', detail: `version ${version} is ${lag}, ${time}`, behind, eta }
}

function noWorker(name: string, version: number, leases: readonly LeaseDocument[]): string {
  const ranges = [...new Set(leases.map(({ range }) => intervalText(range)))]
  if (ranges.length === 0) return `no worker has run version ${version} of ${name} on this storage`
  const which = ranges.length === 1 ? `feed range ${ranges[0]}` : `feed ranges ${ranges.join(', ')}`
  return `no worker holds ${which} of version ${version}: start a worker that runs it`
}

function causeOf({ error }: LeaseDocument): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? ` by ${code}` : ''
}

/** Pending events of these ranges, as their owners stored them last; null where one did not. */
function behindOf(leases: readonly LeaseDocument[]): number | null {
  const byId = new Map(leases.map((lease) => [lease.id, lease.behind]))
  let sum = 0
  for (const behind of byId.values()) {
    if (typeof behind !== 'number') return null
    sum += behind
  }
  return sum
}
