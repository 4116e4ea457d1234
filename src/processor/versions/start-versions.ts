import type { ViewSlices } from '../../core/positions/view-slices.ts'
import type { Projection } from '../../projections/projection.ts'
import { recordVersion } from './record-version.ts'
import { type KnownProgress, type WatchOptions, watchVersion } from './watch-versions.ts'

/** The versions that a worker runs. */
export type RunningVersions = {
  /**
   * Records them again, once other processes can see that this worker is there and before it takes anything: a version
   * may have been marked to be dropped since by a command that did not see the worker.
   *
   * @throws VersionBeingDropped, and what the storage throws
   */
  confirm(): Promise<void>
  /** The slices that the views of a projection are stored by, where they are stored in parts. */
  slicesOf(projection: Projection): ViewSlices | undefined
  /** Stays with those that are newer than what readers see, until the signal is aborted or nothing is left to watch. */
  watch(known: KnownProgress): Promise<unknown>
}

/**
 * Records the versions that a worker runs, and tells which have other handlers than before or are older than what
 * readers see.
 *
 * @throws VersionBeingDropped, and what the storage throws
 */
export async function startVersions(
  projections: readonly Projection[],
  options: WatchOptions,
): Promise<RunningVersions> {
  const { storage, clock, tell } = options
  const newer: Projection[] = []
  const slices = new Map<Projection, ViewSlices | undefined>()
  for (const projection of projections) {
    const { name, version } = projection
    const { active, changedSince } = await recordVersion(storage, clock, projection)
    if (changedSince !== null) tell({ kind: 'handlersChanged', projection: name, version, since: changedSince })
    if (version > active) newer.push(projection)
    if (version < active) tell({ kind: 'outdated', projection: name, version, active })
  }
  return {
    async confirm() {
      for (const projection of projections) {
        slices.set(projection, (await recordVersion(storage, clock, projection)).slices)
      }
    },
    slicesOf: (projection) => slices.get(projection),
    watch: (known) => Promise.all(newer.map((projection) => watchVersion(projection, known, options))),
  }
}
