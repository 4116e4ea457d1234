import { type Clock, systemClock } from '../../core/clock.ts'
import { UnknownVersion, VersionActive } from '../../core/errors/version.ts'
import { removePause } from '../../core/leases/pauses.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { reservedOf } from '../../projections/parking/reserved-names.ts'
import { changeVersionRecord, readVersionRecord, type VersionEntry } from '../../views/version-record.ts'
import { assertUnused } from './assert-unused.ts'
import { leasesOf } from './covered-positions.ts'

// Milliseconds after which every replica shows what was saved.
const SETTLED = 1_000

type Which = { readonly name: string; readonly version: number }

/**
 * Removes the views and leases of a version that readers do not see. Call it again after an interruption; until it has
 * finished, no worker can start on the version. Afterwards, a worker that has it rebuilds it. A pause of
 * the version ends with it.
 *
 * @throws UnknownVersion, VersionActive, VersionInUse
 */
export async function dropVersion(storage: StoragePort, which: Which, clock: Clock = systemClock): Promise<void> {
  await remove(storage, which, clock, undefined)
}

/**
 * Removes the views of a version, so that workers rebuild them from the start of the feed. It then becomes active
 * automatically, even if it was rolled back from. The active version cannot be rebuilt in place, unless it belongs to
 * another incarnation of the log, for instance before a restore, so that it is useless.
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
    // A worker may have started before the mark: it registers first and checks for the mark afterwards, so one of the
    // two sees the other, if every replica shows after this pause what was saved before it.
    await clock.sleep(SETTLED)
    await assertUnused(storage, clock, { name, version })
  } catch (error) {
    await mark(false)
    throw error
  }
  for (const projection of [...reservedOf(name), name]) await storage.viewStore.drop(projection, version)
  await removeLeases(storage, { name, version })
  await removePause(storage.leases, { projection: name, version })
  await changeVersionRecord(storage, name, (record) => {
    if (record === undefined) return undefined
    const { [version]: _, ...others } = record.versions
    return { ...record, versions: left ? { ...others, [version]: left } : others }
  })

  async function mark(dropping: boolean): Promise<void> {
    await changeVersionRecord(storage, name, (record) => {
      if (record === undefined) throw new UnknownVersion(name, null)
      // A switch to it may have completed in the meantime.
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

/** @returns whether it is what readers see, and useless to them */
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

// The leases are removed last: as long as one exists, an interrupted run can see what the version belonged to.
async function removeLeases({ leases }: StoragePort, { name, version }: Which): Promise<void> {
  for (;;) {
    const found = await leases.list({ projection: name, version })
    if (found.length === 0) return
    for (const { document, etag } of found) await leases.remove(document.id, etag)
  }
}
