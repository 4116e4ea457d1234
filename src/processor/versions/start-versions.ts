import type { Projection } from '../../projections/projection.ts'
import { recordVersion } from './record-version.ts'
import { type WatchOptions, watchVersion } from './watch-versions.ts'

/**
 * Records the versions that a worker runs, says which have other handlers than before, and stays with those that are
 * newer than what readers see.
 *
 * @returns what resolves when the signal was aborted or nothing is left to watch
 * @throws VersionBeingDropped, and what the storage throws
 */
export async function startVersions(
  projections: readonly Projection[],
  options: WatchOptions,
): Promise<{ readonly ended: Promise<unknown> }> {
  const { storage, clock, tell } = options
  const newer: Projection[] = []
  for (const projection of projections) {
    const { name, version } = projection
    const { active, changedSince } = await recordVersion(storage, clock, projection)
    if (changedSince !== null) tell({ kind: 'handlersChanged', projection: name, version, since: changedSince })
    if (version > active) newer.push(projection)
  }
  return { ended: Promise.all(newer.map((projection) => watchVersion(projection, options))) }
}
