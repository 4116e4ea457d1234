import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { HANDOVER_LIMIT } from '../../views/switch-gate.ts'
import {
  changeVersionRecord,
  readVersionRecord,
  saveVersionRecord,
  type VersionRecord,
} from '../../views/version-record.ts'
import { isAnyParked } from '../parking/list-parked.ts'
import { haveReached, headsOf, leasesOf } from './covered-positions.ts'

/**
 * What became of an attempt to make a version the active one: it is (`active`), some range has not reached the active
 * version's position (`behind`), views of it are parked, so that they are not as far as their ranges (`parked`), or
 * others changed the record meanwhile (`changed`).
 */
export type Switched = 'active' | 'behind' | 'parked' | 'changed'

export type SwitchRequest = {
  readonly projection: string
  /** The version that readers shall see. */
  readonly version: number
  readonly clock: Clock
  readonly signal?: AbortSignal
  /** What the record becomes besides; default: nothing changes but the active version. */
  readonly change?: (record: VersionRecord) => VersionRecord
}

// Between looks at the leases while readers wait: milliseconds, growing.
const POLL = { first: 10, most: 100 }

/**
 * Makes a version the active one, so that no reader sees a view go back:
 *
 * 1. The new version must reach the ends of all feed ranges in half the time that the switch may take: a trial, which
 *    nobody notices.
 * 2. The switch is announced in the record. From now on readers do not show what they read from the old version, whose
 *    workers go on, and perhaps did so unseen after their leases were lost.
 * 3. Whatever was shown before was in the log by now: its ends are noted, and the new version must reach them.
 * 4. The record is saved with the new active version, only if the switch is still announced.
 *
 * Readers wait between 2 and 4, a few milliseconds as a rule. What does not come to an end is taken back, by this
 * function or by a reader; a worker that meets what another one announced completes it.
 *
 * @throws what the storage throws; calling it again goes on
 */
export async function switchVersion(storage: StoragePort, request: SwitchRequest): Promise<Switched> {
  const { projection, version, clock, signal, change = (record) => record } = request
  const found = await readVersionRecord(storage.viewStore, projection)
  if (found === undefined) return 'changed'
  const { handover, ...record } = found.document
  if (record.active === version) return 'active'
  /** Changes the record, if it is still this switch that is announced, whatever else others changed. */
  const end = (id: string, to: (record: VersionRecord) => VersionRecord) =>
    changeVersionRecord(storage, projection, (now) => {
      if (now?.handover?.id !== id) return undefined
      const { handover: _, ...rest } = now
      return to(rest)
    })

  if (handover && handover.to !== version) {
    // Who announced it may have been killed, and there may be no reader that takes it back.
    await clock.sleep(HANDOVER_LIMIT, signal)
    if (!signal?.aborted) await end(handover.id, (now) => now)
    return 'changed'
  }
  // Somebody removes its views, or was interrupted in that.
  if (record.versions[version]?.dropping) return 'changed'
  /** Whether the version comes to where the feed ends now, before too long. */
  async function reachesEnds(limit: number): Promise<boolean> {
    const heads = await headsOf(storage, await leasesOf(storage, projection, record.active))
    let pause = POLL.first
    for (const end = clock.now() + limit; ; pause = Math.min(2 * pause, POLL.most)) {
      if (haveReached(await leasesOf(storage, projection, version), heads, storage.incarnation)) return true
      if (clock.now() >= end || signal?.aborted) return false
      await clock.sleep(pause, signal)
    }
  }

  const isParked = () => isAnyParked(storage.viewStore, { projection, version })

  let id = handover?.id
  if (id === undefined) {
    if (!(await reachesEnds(HANDOVER_LIMIT / 2))) return 'behind'
    if (await isParked()) return 'parked'
    id = crypto.randomUUID()
    const announced = { ...record, handover: { to: version, id } }
    if (!(await saveVersionRecord(storage, projection, announced, { ifMatch: found.etag })).saved) return 'changed'
  }
  let reached = false
  let parked = false
  try {
    reached = await reachesEnds(HANDOVER_LIMIT)
    // A range that is past an event has parked what it could not fold before.
    parked = reached && (await isParked())
  } finally {
    // Also when the storage failed, so that readers need not find out by themselves.
    if (!reached || parked) await end(id, (now) => now)
  }
  if (!reached) return 'behind'
  if (parked) return 'parked'
  const now = await end(id, (rest) => change({ ...rest, active: version }))
  return now?.active === version ? 'active' : 'changed'
}
