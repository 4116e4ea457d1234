import { type Clock, systemClock } from '../../core/clock.ts'
import { UnknownVersion, VersionBehind } from '../../core/errors/version.ts'
import { pausedSince } from '../../core/leases/pauses.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { changeVersionRecord, readVersionRecord, type VersionRecord } from '../../views/version-record.ts'
import { countParked } from '../parking/list-parked.ts'
import { switchVersion } from './switch-version.ts'
import { behindOf } from './version-progress.ts'

export type ActivateOptions = {
  /** Activates the version even if it is behind or has parked views: readers may see views regress. */
  readonly allowBehind?: boolean
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

const ATTEMPTS = 5

/**
 * Makes a version active by command: a newer one, or an older one to roll back to. Versions above it become standby:
 * their workers keep them up to date, but only a command makes them active again.
 *
 * @returns the version that was active before
 * @throws UnknownVersion; VersionBehind if the version has not reached the end of the feed, for instance because no
 *   worker runs it, or if it has parked views
 */
export async function activateVersion(
  storage: StoragePort,
  { name, version }: { readonly name: string; readonly version: number },
  { allowBehind = false, clock = systemClock, signal }: ActivateOptions = {},
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const record = (await readVersionRecord(storage.viewStore, name))?.document
    if (record === undefined) throw new UnknownVersion(name, null)
    const entry = record.versions[version]
    if (entry === undefined || entry.dropping) throw new UnknownVersion(name, version)
    if (record.active === version || allowBehind) {
      // Another process may have made another version active in the meantime, or have begun to remove this one.
      const mayBe = ({ active, versions }: VersionRecord) =>
        (allowBehind || active === version) && versions[version] !== undefined && !versions[version].dropping
      const now = await changeVersionRecord(storage, name, (found) =>
        found && mayBe(found) ? chosen(withoutHandover(found), version) : undefined,
      )
      if (now?.active === version) return record.active
      if (attempt < ATTEMPTS) continue
    }
    const change = (now: VersionRecord) => chosen(now, version)
    const request = { projection: name, version, clock, change, ...(signal && { signal }) }
    const switched = await switchVersion(storage, request)
    if (switched === 'active') return record.active
    if (switched === 'parked') {
      const parked = await countParked(storage.viewStore, { projection: name, version })
      throw new VersionBehind(
        name,
        version,
        `${parked === 1 ? '1 of its views is' : `${parked} of its views are`} parked`,
      )
    }
    if (attempt === ATTEMPTS || switched === 'behind') {
      const since = await pausedSince(storage.leases, { projection: name, version })
      if (since !== null) throw new VersionBehind(name, version, `it has been paused since ${since}: resume it first`)
      const behind = await behindOf(storage, name, version)
      const events = behind === 1 ? '1 event' : `${behind} events`
      throw new VersionBehind(name, version, `it is ${events} behind; a worker that runs it must catch up first`)
    }
  }
}

const withoutHandover = ({ handover: _, ...record }: VersionRecord): VersionRecord => record

function chosen(record: VersionRecord, version: number): VersionRecord {
  const versions = Object.entries(record.versions).map(([number, { held: _, ...entry }]) => [
    number,
    Number(number) > version ? { ...entry, held: true } : entry,
  ])
  return { ...record, active: version, versions: Object.fromEntries(versions) as VersionRecord['versions'] }
}
