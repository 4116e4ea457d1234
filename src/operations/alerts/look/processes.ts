import type { WorkerLoad } from '../../../processor/workers/worker-load.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { Moment } from './observed-time.ts'

/** One process of the system, from its reports and, if it is a worker, its heartbeats. */
export type Process = {
  readonly id: string
  readonly service: string
  /** ISO 8601 in UTC, by its own clock. */
  readonly startedAt: string | null
  readonly lastSign: string | null
  /**
   * `left` if it stopped in good order, `silent` if it has not given a sign for too long, and `unknown` until that can
   * be said.
   */
  readonly state: 'alive' | 'left' | 'silent' | 'unknown'
  readonly load: WorkerLoad | null
}

type Seen = { readonly sign: string; readonly since: number; readonly isFresh: boolean }

// What a worker without a report of its own belongs to.
const WORKERS = 'worker'

// Without a known lease duration, the default one of workers, in milliseconds.
const LEASE_DURATION = 15_000

/**
 * Follows the processes of a storage. A process is alive while its reports change: no clock is compared with another
 * one's. After the first look, and after a gap, it takes as long as a process may be silent until one can be.
 */
export function createProcesses(missedReports: number): (snapshot: Snapshot, moment: Moment) => Process[] | null {
  let seen = new Map<string, Seen>()

  return ({ instances, workers, leaseDuration }, { observed, gap }) => {
    if (gap !== null) {
      seen = new Map([...seen].map(([id, { sign }]) => [id, { sign, since: observed, isFresh: false }]))
    }
    if (instances === null || workers === null) return null
    const reports = new Map(instances.map((one) => [one.id, one]))
    const heartbeats = new Map(workers.map((one) => [one.worker, one]))
    const before = seen
    seen = new Map()
    return [...new Set([...reports.keys(), ...heartbeats.keys()])].map((id) => {
      const report = reports.get(id)
      const heartbeat = heartbeats.get(id)
      const sign = `${report?.reportedAt ?? ''} ${heartbeat?.renewedAt ?? ''}`
      const known = before.get(id)
      const now =
        known === undefined || known.sign !== sign ? { sign, since: observed, isFresh: known !== undefined } : known
      seen.set(id, now)
      const patience = Math.max(
        missedReports * (report?.every ?? 0),
        heartbeat === undefined ? 0 : (leaseDuration ?? LEASE_DURATION),
      )
      const hasLeft =
        (report === undefined || report.stoppedAt !== null) && (heartbeat === undefined || heartbeat.renewedAt === null)
      const isLate = observed - now.since > patience
      return {
        id,
        service: report?.service ?? WORKERS,
        startedAt: report?.startedAt ?? heartbeat?.startedAt ?? null,
        lastSign: latest(report?.reportedAt ?? null, heartbeat?.renewedAt ?? null),
        state: hasLeft ? 'left' : isLate ? 'silent' : now.isFresh ? 'alive' : 'unknown',
        load: report?.load ?? heartbeat?.load ?? null,
      }
    })
  }
}

const latest = (a: string | null, b: string | null): string | null => (a === null || (b !== null && b > a) ? b : a)
