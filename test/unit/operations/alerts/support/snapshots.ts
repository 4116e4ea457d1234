import type { InstanceReport } from '../../../../../src/operations/model/instance-report.ts'
import type {
  Measured,
  ObservedVersion,
  Snapshot,
  StorageCondition,
} from '../../../../../src/operations/model/snapshot.ts'
import type { WorkerSummary } from '../../../../../src/processor/status/list-workers.ts'
import type { RangeSummary } from '../../../../../src/processor/versions/listing/list-versions.ts'

export const NOON = Date.UTC(2026, 10, 1, 12)

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

export const iso = (time: number): string => new Date(time).toISOString()

export const storage = (rest: Partial<StorageCondition> = {}): StorageCondition => ({
  ok: true,
  ping: 1,
  error: null,
  succeeded: 100,
  failed: 0,
  health: { ping: 1, bytes: 1_000_000, disk: { free: 50e9, total: 100e9 }, files: [file(4e6)] },
  kind: 'file',
  incarnation: 'one',
  ...rest,
})

export const file = (walBytes: number) => ({ name: 'events.db', bytes: 1_000_000, walBytes })

export const failing = (failed: number): StorageCondition =>
  storage({
    ok: false,
    ping: null,
    failed,
    succeeded: 0,
    health: null,
    error: { code: 'StorageUnavailable', message: 'no' },
  })

export const disk = (free: number): StorageCondition =>
  storage({ health: { ping: 1, bytes: 1, disk: { free, total: 100 }, files: [] } })

export const range = (now: number, rest: Partial<RangeSummary> = {}): RangeSummary => ({
  range: { min: '', max: '80' },
  state: 'idle',
  owner: 'a',
  expiresAt: now + 15 * SECOND,
  position: 7,
  behind: 0,
  oldest: null,
  waitingSince: null,
  folded: 10,
  rate: 0,
  progressAt: iso(now),
  failing: null,
  parked: 0,
  moreParked: false,
  parkedSince: null,
  error: null,
  ...rest,
})

export const version = (now: number, rest: Partial<ObservedVersion> = {}): ObservedVersion => ({
  projection: 'meter-overview',
  version: 3,
  active: true,
  held: false,
  dropping: false,
  since: null,
  changed: null,
  behind: 0,
  paused: null,
  parked: 0,
  moreParked: false,
  parkedSince: null,
  rate: 0,
  left: 0,
  role: 'active',
  ranges: [range(now)],
  ...rest,
})

/** A version whose oldest event that waits is some milliseconds old. */
export const late = (now: number, age: number, rest: Partial<ObservedVersion> = {}): ObservedVersion =>
  version(now, { behind: 12, ranges: [range(now, { state: 'working', behind: 12, oldest: iso(now - age) })], ...rest })

export const report = (now: number, rest: Partial<InstanceReport> = {}): InstanceReport => ({
  id: 'a',
  kind: 'worker',
  service: 'worker',
  host: 'one',
  pid: 71,
  release: '1.0.0',
  startedAt: iso(NOON - HOUR),
  reportedAt: iso(now),
  every: 5 * SECOND,
  stoppedAt: null,
  load: { cpu: 0.1, delay: 1, over: 5_000 },
  memory: 100e6,
  totals: {},
  durations: {},
  ...rest,
})

export const worker = (now: number, rest: Partial<WorkerSummary> = {}): WorkerSummary => ({
  worker: 'a',
  state: 'active',
  projections: [],
  leases: [],
  expires: iso(now + 15 * SECOND),
  host: 'one',
  pid: 71,
  release: '1.0.0',
  startedAt: iso(NOON - HOUR),
  renewedAt: iso(now),
  load: null,
  ...rest,
})

export const measured = (rest: Partial<Measured> = {}): Measured => ({
  seconds: 1,
  appended: 100,
  appends: 100,
  appendConflicts: 0,
  folded: 100,
  saves: 100,
  viewConflicts: 0,
  leasesLost: 0,
  requestUnits: null,
  cosmosRequests: 100,
  throttled: 0,
  requests: 100,
  failedRequests: 0,
  durations: {},
  bytes: 0,
  ...rest,
})

/** A system in which everything is well. @param now milliseconds since 1970 */
export const healthy = (now: number): Snapshot => ({
  at: now,
  storage: storage(),
  workers: [worker(now)],
  versions: [version(now)],
  instances: [report(now)],
  skew: { a: 0 },
  leaseDuration: 15 * SECOND,
  measured: measured(),
})
