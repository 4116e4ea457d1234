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
 * The result of an attempt to make a version active: it is (`active`), some range has not reached the active version's
 * position (`behind`), views of it are parked and therefore behind their ranges (`parked`), or others changed the
 * record in the meantime (`changed`).
 */
export type Switched = 'active' | 'behind' | 'parked' | 'changed'

export type SwitchRequest = {
  readonly projection: string
  /** The version that readers are to see. */
  readonly version: number
  readonly clock: Clock
  readonly signal?: AbortSignal
  /** What else changes in the record; default: only the active version. */
  readonly change?: (record: VersionRecord) => VersionRecord
}

// Delays between checks of the leases while readers wait: milliseconds, increasing.
const POLL = { first: 10, most: 100 }

/**
 * Makes a version active, so that views never regress for a reader:
 *
 * 1. The new version must reach the ends of all feed ranges in half the time that the switch may take: a trial, which
 *   readers do not notice.
 * 2. The switch is announced in the record. From now on readers discard what they read from the old version, whose
 *   workers continue, perhaps unseen after their leases were lost.
 * 3. Whatever was shown before was in the log by now: its ends are recorded, and the new version must reach them.
 * 4. The record is saved with the new active version, only if the switch is still announced.
 *
 * Readers wait between 2 and 4, usually a few milliseconds. A switch that does not complete is cancelled, by this
 * function or by a reader; a worker that finds a switch that another one announced completes it.
 *
 * @throws what the storage throws; calling it again resumes
 */
export async function switchVersion(storage: StoragePort, request: SwitchRequest): Promise<Switched> {
  const { projection, version, clock, signal, change = (record) => record } = request
  const found = await readVersionRecord(storage.viewStore, projection)
  if (found === undefined) return 'changed'
  const { handover, ...record } = found.document
  if (record.active === version) return 'active'
  /** Changes the record, if this switch is still announced, whatever else others changed. */
  const end = (id: string, to: (record: VersionRecord) => VersionRecord) =>
    changeVersionRecord(storage, projection, (now) => {
      if (now?.handover?.id !== id) return undefined
      const { handover: _, ...rest } = now
      return to(rest)
    })

  if (handover && handover.to !== version) {
    // The process that announced it may have been killed, and there may be no reader to cancel it.
    await clock.sleep(HANDOVER_LIMIT, signal)
    if (!signal?.aborted) await end(handover.id, (now) => now)
    return 'changed'
  }
  // Another process is removing its views, or was interrupted in that.
  if (record.versions[version]?.dropping) return 'changed'
  /** Whether the version reaches the current end of the feed within the time limit. */
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
    // Also if the storage failed, so that readers need not find out themselves.
    if (!reached || parked) await end(id, (now) => now)
  }
  if (!reached) return 'behind'
  if (parked) return 'parked'
  const now = await end(id, (rest) => change({ ...rest, active: version }))
  return now?.active === version ? 'active' : 'changed'
}
