import { backoffDelay } from '../../core/async/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Projection } from '../../projections/projection.ts'
import { readVersionRecord, type VersionRecord } from '../../views/version-record.ts'
import { failureKind } from '../failures.ts'
import { switchVersion } from './switch-version.ts'
import { createEstimate } from './time-left.ts'
import type { VersionNotice } from './version-notice.ts'

type Which = Pick<Projection, 'name' | 'version'>

/** What this worker knows about a version that is being built, without reading the storage. */
export type KnownProgress = {
  /** Whether this worker owns the first feed range for the version: then it is the one that tries to switch. */
  leads(version: Which): boolean
  /** Events not yet processed, over all ranges, or null if unknown for any. */
  behind(version: Which): number | null
}

export type WatchOptions = {
  readonly storage: StoragePort
  readonly clock: Clock
  readonly signal: AbortSignal
  tell(notice: VersionNotice): void
  /** Called with a failure; it is retried. */
  failed(error: unknown, projection: string): void
}

/** Milliseconds between checks of a version that is being built, by the worker that leads. */
const LOOK = 250
/** Milliseconds between checks of the record of a version that is far from caught up. */
const RARELY = 5_000
const TELL_EVERY = 10_000
/**
 * A version that needs this many milliseconds, or is this many events behind, is close enough for an attempt to switch.
 */
const NEAR = 1_000
const FEW = 1_000
/** Delays between attempts that found the version still behind: milliseconds, increasing. */
const ATTEMPTS = { first: LOOK, most: RARELY }

const PARKED = 'some of its views are parked'

/**
 * Watches a projection's version for as long as it is newer than the active one, reports its progress, and makes it
 * active once it has caught up. The worker that owns the first range leads, based on what it knows about all ranges;
 * the others only check the record from time to time. Any of them may be killed.
 */
export async function watchVersion(
  { name, version }: Which,
  known: KnownProgress,
  { storage, clock, signal, tell, failed }: WatchOptions,
): Promise<void> {
  const estimate = createEstimate()
  let toldAt = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let attemptAt = Number.NEGATIVE_INFINITY

  /** Whether watching is over. */
  async function look(): Promise<boolean> {
    const now = clock.now()
    const behind = known.leads({ name, version }) ? known.behind({ name, version }) : null
    const estimated = behind === null ? { rate: 0, left: null } : estimate(now, behind)
    const isNear = behind !== null && (behind <= FEW || (estimated.left !== null && estimated.left <= NEAR))
    const isTried = isNear && (now >= attemptAt || now < lookedAt)
    const isDue = now - toldAt >= TELL_EVERY && behind !== null
    if (!isTried && !isDue && Math.abs(now - lookedAt) < RARELY) return false
    const record = (await readVersionRecord(storage.viewStore, name))?.document
    lookedAt = now
    if (!record || !isCandidate(record, version)) return true
    const { active } = record
    if (isDue) toldAt = now
    if (isDue && behind > 0) tell({ kind: 'catchingUp', projection: name, version, active, behind, ...estimated })
    if (!isTried) return false
    const switched = await switchVersion(storage, { projection: name, version, clock, signal })
    if (isDue && switched === 'parked') tell({ kind: 'held', projection: name, version, active, reason: PARKED })
    if (switched !== 'active') {
      attemptAt = clock.now() + backoffDelay(++failures, ATTEMPTS, () => 1)
      return false
    }
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

/** Whether a version becomes active automatically. */
const isCandidate = ({ active, versions }: VersionRecord, version: number): boolean =>
  version > active && !versions[version]?.held
