import { type Clock, systemClock } from '../../core/clock.ts'
import { UnknownVersion, VersionActive } from '../../core/errors/version.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { reservedOf } from '../../projections/parking/reserved-names.ts'
import { changeVersionRecord, readVersionRecord, type VersionEntry } from '../../views/version-record.ts'
import { assertUnused } from './assert-unused.ts'
import { leasesOf } from './covered-positions.ts'

// Milliseconds after which every replica shows what was saved.
const SETTLED = 1_000

type Which = { readonly name: string; readonly version: number }

/**
 * Removes the views and leases of a version that readers do not see. It can be called again after it was interrupted;
 * until it has ended, no worker can begin with the version. Afterwards, a worker that has it builds it anew.
 *
 * @throws UnknownVersion, VersionActive, VersionInUse
 */
export async function dropVersion(storage: StoragePort, which: Which, clock: Clock = systemClock): Promise<void> {
  await remove(storage, which, clock, undefined)
}

/**
 * Removes the views of a version, so that workers build them again from the start of the feed; it becomes active by
 * itself, also when somebody had gone back from it. What readers see cannot be built again in its place, unless it
 * belongs to another life of the log, before a restore, say, so that it is of no use.
 *
 * @throws UnknownVersion, VersionActive, VersionInUse
 */
export async function rebuildVersion(storage: StoragePort, which: Which, clock: Clock = systemClock): Promise<void> {
  await remove(storage, which, clock, { since: new Date(clock.now()).toISOString(), texts: [] })
}

async function remove(
  storage: StoragePort,
  { name, version }: Which,
  clock: Clock,
  left: VersionEntry | undefined,
): Promise<void> {
  const { wasActive } = await assertRemovable(storage, { name, version }, left !== undefined)
  await assertUnused(storage, clock, { name, version })
  await mark(true)
  try {
    // A worker may have begun before the mark: it registers first and looks for the mark then, so that one of the two
    // sees the other, if no replica shows either of them what was so before this pause.
    await clock.sleep(SETTLED)
    await assertUnused(storage, clock, { name, version })
  } catch (error) {
    await mark(false)
    throw error
  }
  for (const projection of [...reservedOf(name), name]) await storage.viewStore.drop(projection, version)
  await removeLeases(storage, { name, version })
  await changeVersionRecord(storage, name, (record) => {
    if (record === undefined) return undefined
    const { [version]: _, ...others } = record.versions
    return { ...record, versions: left ? { ...others, [version]: left } : others }
  })

  async function mark(dropping: boolean): Promise<void> {
    await changeVersionRecord(storage, name, (record) => {
      if (record === undefined) throw new UnknownVersion(name, null)
      // A switch to it may have ended meanwhile.
      if (record.active === version && !(wasActive && left !== undefined)) throw new VersionActive(name, version)
      const { dropping: _, ...entry } = record.versions[version] ?? { since: '', texts: [] }
      const { handover, ...rest } = record
      return {
        ...rest,
        ...(handover && handover.to !== version && { handover }),
        versions: { ...record.versions, [version]: dropping ? { ...entry, dropping } : entry },
      }
    })
  }
}

/** @returns whether it is what readers see, and of no use to them */
async function assertRemovable(
  storage: StoragePort,
  { name, version }: Which,
  rebuilt: boolean,
): Promise<{ readonly wasActive: boolean }> {
  const record = (await readVersionRecord(storage.viewStore, name))?.document
  if (record === undefined) throw new UnknownVersion(name, null)
  const leases = await leasesOf(storage, name, version)
  if (record.versions[version] === undefined && leases.length === 0 && record.active !== version) {
    throw new UnknownVersion(name, version)
  }
  const isForeign = leases.some(({ incarnation }) => incarnation !== storage.incarnation)
  if (record.active === version && !record.versions[version]?.dropping && !(rebuilt && isForeign)) {
    throw new VersionActive(name, version)
  }
  return { wasActive: record.active === version }
}

// The leases go last: as long as one is there, whoever is interrupted sees what the version belonged to.
async function removeLeases({ leases }: StoragePort, { name, version }: Which): Promise<void> {
  for (;;) {
    const found = await leases.list({ projection: name, version })
    if (found.length === 0) return
    for (const { document, etag } of found) await leases.remove(document.id, etag)
  }
}
