import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Projection } from '../../projections/projection.ts'
import { readVersionRecord, type VersionRecord } from '../../views/version-record.ts'
import { failureKind } from '../failure.ts'
import { createEstimate } from './estimate.ts'
import type { VersionNotice } from './notice.ts'
import { behindOf } from './progress.ts'
import { switchVersion } from './switch-version.ts'

export type WatchOptions = {
  readonly storage: StoragePort
  readonly clock: Clock
  readonly signal: AbortSignal
  tell(notice: VersionNotice): void
  /** Is told of what failed; it is tried again. */
  failed(error: unknown, projection: string): void
}

/** Milliseconds between looks at a version that is being built. */
const LOOK = 500
const TELL_EVERY = 10_000

const PARKED = 'some of its views are parked'

/**
 * Stays with a projection's version for as long as it is newer than the active one, tells how far it is, and makes it
 * the active one when it has reached it. It costs nothing once the version is active, or was left by command. Any
 * number of workers may do so at once, and any of them may be killed.
 */
export async function watchVersion(
  { name, version }: Pick<Projection, 'name' | 'version'>,
  { storage, clock, signal, tell, failed }: WatchOptions,
): Promise<void> {
  const estimate = createEstimate()
  let toldAt = Number.NEGATIVE_INFINITY

  /** Whether this is over. */
  async function look(): Promise<boolean> {
    const record = (await readVersionRecord(storage.viewStore, name))?.document
    if (!record || !isCandidate(record, version)) return true
    const { active } = record
    const behind = await behindOf(storage, name, version)
    const now = clock.now()
    const estimated = estimate(now, behind)
    const due = now - toldAt >= TELL_EVERY
    if (due) toldAt = now
    if (due && behind > 0) tell({ kind: 'catchingUp', projection: name, version, active, behind, ...estimated })
    const switched = await switchVersion(storage, { projection: name, version, clock, signal })
    if (due && switched === 'parked') tell({ kind: 'held', projection: name, version, active, reason: PARKED })
    if (switched !== 'active') return false
    tell({ kind: 'activated', projection: name, version, previous: active })
    return true
  }

  while (!signal.aborted) {
    try {
      if (await look()) return
    } catch (error) {
      if (signal.aborted || failureKind(error) === 'closed') return
      failed(error, name)
    }
    await clock.sleep(LOOK, signal)
  }
}

/** Whether a version becomes active by itself. */
const isCandidate = ({ active, versions }: VersionRecord, version: number): boolean =>
  version > active && !versions[version]?.held
