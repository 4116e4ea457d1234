import { isoTime } from '../../core/iso-time.ts'
import type { InstanceReport } from '../model/instance-report.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { SeenInstance } from './instance-record.ts'

/** Compares snapshots, and tells what each instance is: running, stopped in good order, or lost. */
export type SeeInstances = (snapshot: Snapshot) => readonly SeenInstance[] | null

const MISSED = 3

/**
 * Creates what compares them. An instance is lost when it has missed three reports without having said that it stops, or,
 * if it sends none, when its lease has expired. When a report arrived is read from this process's clock, since the clocks
 * of others may be wrong.
 */
export function createSeeInstances(): SeeInstances {
  const arrivals = new Map<string, { readonly reportedAt: string; readonly at: number }>()
  let workers = new Map<string, SeenInstance>()

  function arrivalOf({ id, reportedAt }: InstanceReport, { at, skew }: Snapshot): number {
    const known = arrivals.get(id)
    if (known?.reportedAt === reportedAt) return known.at
    const arrival = known === undefined ? Math.min(at, Date.parse(reportedAt) - (skew[id] ?? 0)) : at
    arrivals.set(id, { reportedAt, at: arrival })
    return arrival
  }

  function fromReport(report: InstanceReport, snapshot: Snapshot): SeenInstance {
    const { id, kind, service, host, startedAt, release, stoppedAt, every } = report
    const ref = { id, kind, service, host, startedAt, release }
    const last = arrivalOf(report, snapshot)
    if (stoppedAt !== null) return { ...ref, state: 'stopped', at: stoppedAt }
    if (snapshot.at - last > MISSED * every) return { ...ref, state: 'lost', at: isoTime(last) }
    return { ...ref, state: 'running', at: startedAt }
  }

  /** Workers that send no reports; one whose document is gone has left. */
  function fromLeases(snapshot: Snapshot, reported: ReadonlySet<string>): readonly SeenInstance[] {
    if (snapshot.workers === null) return [...workers.values()]
    const found = new Map<string, SeenInstance>()
    for (const { worker: id, host, startedAt, release, state, expires } of snapshot.workers) {
      if (reported.has(id)) continue
      const ref = { id, kind: 'worker', service: 'worker', host, startedAt: startedAt ?? '', release } as const
      const lost = { ...ref, state: 'lost', at: expires } as const
      found.set(id, state === 'expired' ? lost : { ...ref, state: 'running', at: startedAt ?? isoTime(snapshot.at) })
    }
    const left = [...workers.values()]
      .filter(({ id, state }) => state === 'running' && !found.has(id) && !reported.has(id))
      .map((one) => ({ ...one, state: 'stopped', at: isoTime(snapshot.at) }) as const)
    workers = found
    return [...found.values(), ...left]
  }

  return (snapshot) => {
    if (snapshot.instances === null) return null
    const reports = snapshot.instances.map((report) => fromReport(report, snapshot))
    const ids = new Set(reports.map(({ id }) => id))
    for (const id of arrivals.keys()) if (!ids.has(id)) arrivals.delete(id)
    return [...reports, ...fromLeases(snapshot, ids)]
  }
}
