import { type Clock, systemClock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { listWorkers, type WorkerSummary } from '../../processor/status/list-workers.ts'
import { projectionVersions } from '../../processor/versions/listing/projection-versions.ts'
import { readInstances } from '../instances/stored-reports.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { createCondition, readHealth } from './condition.ts'
import { createMeasuring } from './measured.ts'
import { createObserver } from './observed-instances.ts'
import { createPart, knownIn } from './part.ts'
import { seriesOf } from './series-of.ts'
import { createSkew } from './skew.ts'

// A part of a snapshot that takes longer is unknown: milliseconds, and a share of the time between two snapshots if
// that is more.
const PATIENCE = 2_000
const SHARE = 0.5

/** A snapshot, and the values of all series at that moment. */
type Taken = { readonly snapshot: Snapshot; readonly values: ReturnType<typeof seriesOf> }

/** Creates a function that takes the next snapshot. @param options.every milliseconds between two */
export function createSnapshots(
  storage: StoragePort,
  options: { readonly kind: string; readonly every: number; readonly clock: Clock; readonly signal: AbortSignal },
): () => Promise<Taken> {
  const { kind, every, clock, signal } = options
  const patience = { clock, within: Math.max(PATIENCE, every * SHARE), signal }
  const versions = projectionVersions(storage, { clock })
  const readStorage = createPart(patience, () => readHealth(storage))
  const readWorkers = createPart(patience, () => listWorkers(storage, clock))
  const readVersions = createPart(patience, () => versions.list())
  const readReports = createPart(patience, async () => {
    const began = clock.now()
    return { reports: await readInstances(storage, clock), began, ended: clock.now() }
  })
  const conditionOf = createCondition(storage, kind)
  const observe = createObserver()
  const skewOf = createSkew()
  const measure = createMeasuring()
  let leaseDuration: number | null = null
  let before: { readonly at: number; readonly bytes: number | null } | undefined

  return async () => {
    const [health, workers, versions, found] = await Promise.all([
      readStorage(),
      readWorkers().then(knownIn),
      readVersions().then(knownIn),
      readReports().then(knownIn),
    ])
    const at = clock.now()
    const observed = found === null ? null : observe(found.reports, found.began, found.ended)
    const condition = conditionOf(health)
    const elapsed = before === undefined ? 0 : at - before.at
    if (workers !== null) leaseDuration = shortestLease(workers) ?? leaseDuration ?? lastLease(workers)
    const seconds = (elapsed > 0 ? elapsed : every) / 1_000
    const bytes = condition.health?.bytes ?? null
    const snapshot: Snapshot = {
      at,
      ...(clock === systemClock && { steady: performance.now() }),
      storage: condition,
      workers,
      versions,
      instances: found?.reports ?? null,
      skew: skewOf(observed ?? []),
      leaseDuration: workers && leaseDuration,
      measured: { ...measure(observed, seconds), bytes: grown(before?.bytes ?? null, bytes) },
    }
    before = { at, bytes }
    const live = observed?.flatMap(({ report, live }) => (live && report.stoppedAt === null ? report : [])) ?? null
    return { snapshot, values: seriesOf(snapshot, live) }
  }
}

/** How long the leases of workers that are alive are valid at least. */
function shortestLease(workers: readonly WorkerSummary[]): number | null {
  const durations = workers.flatMap((one) => (one.state === 'expired' ? [] : (leaseOf(one) ?? [])))
  return durations.length === 0 ? null : Math.min(...durations)
}

/** How long the leases of the worker that was alive most recently were valid. */
function lastLease(workers: readonly WorkerSummary[]): number | null {
  const [last] = workers.toSorted((a, b) => (a.expires < b.expires ? 1 : -1))
  return last === undefined ? null : leaseOf(last)
}

const leaseOf = ({ expires, renewedAt }: WorkerSummary): number | null =>
  renewedAt === null ? null : Date.parse(expires) - Date.parse(renewedAt)

/** A write-ahead log that was written back makes a storage smaller, which is no negative growth. */
const grown = (before: number | null, now: number | null): number | null =>
  before === null || now === null ? null : Math.max(0, now - before)
