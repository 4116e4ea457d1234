import type { ViewSlices } from '../../core/positions/view-slices.ts'
import type { Projection } from '../../projections/projection.ts'
import { isAnyParked } from '../parking/list-parked.ts'
import { type RecordedVersion, recordVersion } from './record-version.ts'
import { type KnownProgress, type WatchOptions, watchVersion } from './watch-versions.ts'

/** The versions that a worker runs. */
export type RunningVersions = {
  /**
   * Records them again, once other processes can see this worker and before it takes anything, because a command that
   * did not see the worker may have marked a version to be dropped since.
   *
   * @throws VersionBeingDropped, and what the storage throws
   */
  confirm(): Promise<void>
  /** The slices of a projection's views, if they are stored in parts. */
  slicesOf(projection: Projection): ViewSlices | undefined
  /** When a worker first ran a projection's version: ISO 8601 in UTC; undefined for a reaction. */
  sinceOf(projection: Projection): string | undefined
  /**
   * Watches the versions that are newer than the active one, until the signal is aborted or there is nothing left to
   * watch.
   */
  watch(known: KnownProgress): Promise<unknown>
}

/**
 * Records the versions that a worker runs, and reports those whose handlers changed or that are older than the active
 * version.
 *
 * @throws VersionBeingDropped, and what the storage throws
 */
export async function startVersions(
  projections: readonly Projection[],
  options: WatchOptions,
): Promise<RunningVersions> {
  const { storage, clock, tell } = options
  const newer: Projection[] = []
  const recorded = new Map<Projection, RecordedVersion>()
  for (const projection of projections) {
    const { name, version } = projection
    const { active, changedSince } = await recordVersion(storage, clock, projection)
    if (changedSince !== null) {
      const parked = await isAnyParked(storage.viewStore, { projection: name, version })
      tell({ kind: 'handlersChanged', projection: name, version, since: changedSince, parked })
    }
    if (version > active) newer.push(projection)
    if (version < active) tell({ kind: 'outdated', projection: name, version, active })
  }
  return {
    async confirm() {
      for (const projection of projections) {
        recorded.set(projection, await recordVersion(storage, clock, projection))
      }
    },
    slicesOf: (projection) => recorded.get(projection)?.slices,
    sinceOf: (projection) => recorded.get(projection)?.since,
    watch: (known) => Promise.all(newer.map((projection) => watchVersion(projection, known, options))),
  }
}
