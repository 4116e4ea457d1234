import type { InstanceReport } from '../../../operations/model/instance-report.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import type { Snapshot } from '../../../operations/model/snapshot.ts'
import type { WorkerSummary } from '../../../processor/status/list-workers.ts'
import type { InstanceRow, Topics } from '../../contract/topics.ts'
import type { TopicSource } from '../topic-source.ts'

/** How many reports an instance may miss until it is lost. */
const MISSED = 3

/** Milliseconds for which an instance that stopped in good order is still shown. */
const STOPPED_FOR = 3_600_000

/** The instances: workers by their documents, and every process by what it reports. */
export function instances(operations: Pick<Operations, 'snapshot'>): TopicSource<'instances'> {
  let last: Topics['instances'] | undefined
  return {
    on: ['snapshot'],
    rows() {
      const snapshot = operations.snapshot()
      if (snapshot === null) return undefined
      const { workers, instances: reports } = snapshot
      if (workers === null && reports === null) {
        last = last && Object.fromEntries(Object.entries(last).map(([id, row]) => [id, unknown(row)]))
        return last
      }
      const rows: { [id: string]: InstanceRow } = {}
      for (const report of reports ?? []) rows[report.id] = ofReport(report, snapshot)
      for (const worker of workers ?? []) rows[worker.worker] = ofWorker(worker, rows[worker.worker], snapshot)
      last = Object.fromEntries(Object.entries(rows).filter(([, row]) => isShown(row, snapshot.at)))
      return last
    },
  }
}

function ofReport(report: InstanceReport, { at, skew }: Snapshot): InstanceRow {
  const { id, kind, service, host, pid, release, startedAt, reportedAt, load, memory } = report
  return {
    ...{ id, kind, service, host, pid, release, startedAt, memory },
    state: stateOf(report, at),
    seenAt: reportedAt,
    cpu: load?.cpu ?? null,
    delay: load?.delay ?? null,
    skew: skew[id] ?? null,
    ranges: null,
  }
}

function stateOf({ stoppedAt, reportedAt, every }: InstanceReport, at: number): InstanceRow['state'] {
  if (stoppedAt !== null) return 'stopped'
  const missed = (at - Date.parse(reportedAt)) / every
  return missed > MISSED ? 'lost' : missed > MISSED / 2 ? 'silent' : 'running'
}

/** What a worker says in its document is newer than what it reports. */
function ofWorker(worker: WorkerSummary, reported: InstanceRow | undefined, { skew }: Snapshot): InstanceRow {
  const { worker: id, state, host, pid, release, startedAt, renewedAt, load, leases } = worker
  const hasLeft = renewedAt === null || reported?.state === 'stopped'
  return {
    ...{ id, kind: 'worker', service: reported?.service ?? 'worker', host, pid, release, startedAt },
    state: state === 'expired' ? (hasLeft ? 'stopped' : 'lost') : state === 'active' ? 'running' : state,
    seenAt: renewedAt ?? reported?.seenAt ?? null,
    cpu: load?.cpu ?? reported?.cpu ?? null,
    delay: load?.delay ?? reported?.delay ?? null,
    memory: reported?.memory ?? null,
    skew: skew[id] ?? null,
    ranges: leases.length,
  }
}

const unknown = (row: InstanceRow): InstanceRow => ({
  ...row,
  ...{ cpu: null, delay: null, memory: null, skew: null, ranges: null },
  state: row.state === 'stopped' ? 'stopped' : 'silent',
})

const isShown = ({ state, seenAt }: InstanceRow, at: number): boolean =>
  state !== 'stopped' || (seenAt !== null && at - Date.parse(seenAt) < STOPPED_FOR)
