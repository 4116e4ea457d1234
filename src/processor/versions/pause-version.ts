import { type Clock, systemClock } from '../../core/clock.ts'
import { UnknownVersion, VersionBeingDropped } from '../../core/errors/version.ts'
import { pausedSince, removePause, savePause } from '../../core/leases/pauses.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { isReservedProjection } from '../../core/port/view-store.ts'
import { readVersionRecord } from '../../views/version-record.ts'
import { leasesOf } from './covered-positions.ts'
import { rangesOf } from './version-progress.ts'

type Which = { readonly name: string; readonly version: number }

/** What pausing came to. */
export type Paused = {
  /** Since when it is paused: ISO 8601 in UTC. */
  readonly since: string
  /** Whether it was paused already. */
  readonly already: boolean
}

/**
 * Pauses a projection version, or a reaction, on all feed ranges of all workers: each finishes the page in hand, keeps
 * its lease, and reads no further until the version is resumed. That is stored, so it outlives workers. Readers keep
 * reading the views as they are. A version that is paused does not become active by itself; by command it does if it has
 * nothing to catch up on, or by force.
 *
 * @throws UnknownVersion, VersionBeingDropped
 */
export async function pauseVersion(storage: StoragePort, which: Which, clock: Clock = systemClock): Promise<Paused> {
  await assertKnown(storage, which)
  const name = versionName(which)
  const since = new Date(clock.now()).toISOString()
  const before = await savePause(storage, name, since)
  try {
    // It may have been dropped meanwhile: a version of that number that comes later must not begin paused.
    await assertKnown(storage, which)
  } catch (error) {
    // Workers are not told of what was removed, so that is only for a version that nothing runs.
    if (error instanceof UnknownVersion || error instanceof VersionBeingDropped) await removePause(storage.leases, name)
    else if (before === null) await savePause(storage, name, null).catch(() => {})
    throw error
  }
  return { since: before ?? since, already: before !== null }
}

/**
 * Ends a pause; workers resume where they left off.
 *
 * @returns since when it was paused: ISO 8601 in UTC; null when it was not
 * @throws UnknownVersion
 */
export async function resumeVersion(storage: StoragePort, which: Which): Promise<string | null> {
  const name = versionName(which)
  // What was paused can be resumed, whatever became of it.
  if ((await pausedSince(storage.leases, name)) === null) await assertKnown(storage, which)
  return savePause(storage, name, null)
}

/** How many ranges of a paused version are still at work: owned by a worker that has not said that it stopped. */
export async function rangesAtWork(storage: StoragePort, { name, version }: Which, clock: Clock = systemClock) {
  const ranges = await rangesOf(storage, name, version, clock)
  return ranges.filter(({ state }) => state !== 'unowned' && state !== 'paused').length
}

const versionName = ({ name, version }: Which) => ({ projection: name, version })

async function assertKnown(storage: StoragePort, { name, version }: Which): Promise<void> {
  const record = (await readVersionRecord(storage.viewStore, name))?.document
  const entry = record?.versions[version]
  if (entry?.dropping) throw new VersionBeingDropped(name, version)
  if (entry !== undefined) return
  // Of a reaction, nothing is recorded but its leases. What else is kept among them has reserved names.
  if (record === undefined && !isReservedProjection(name) && (await leasesOf(storage, name, version)).length > 0) return
  throw new UnknownVersion(name, record === undefined ? null : version)
}
