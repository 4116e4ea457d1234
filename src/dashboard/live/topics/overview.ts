import { reused } from '../../../core/async/reused.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Availability } from '../../../operations/model/activity.ts'
import { oldestAge } from '../../../operations/model/oldest-age.ts'
import type { Operations } from '../../../operations/model/operations.ts'
import type { Snapshot } from '../../../operations/model/snapshot.ts'
import { verdictOf } from '../../../operations/verdict/verdict.ts'
import { withOps } from '../../../operations/verdict/with-ops.ts'
import type { WorkerSummary } from '../../../processor/status/list-workers.ts'
import type { OverviewRow } from '../../contract/topics.ts'
import type { TopicSource } from '../topic-source.ts'

/** How many days of availability are shown. */
const DAYS = 30

/** Availability is stored once a minute. */
const FRESH = 60_000

/** The verdict, and what it is made of. */
export function overview(operations: Operations, clock: Pick<Clock, 'now'>): TopicSource<'overview'> {
  const availability = reused(clock, FRESH, async () => availabilityOf(await operations.availability(DAYS)))
  return {
    on: ['snapshot', 'alerts', 'incidents'],
    async rows() {
      const snapshot = operations.snapshot()
      if (snapshot === null) return undefined
      return {
        now: {
          ...withOps(verdictOf(snapshot, operations.alerts(), clock.now(), operations.every), operations.ops()),
          counts: countsOf(snapshot, operations),
          lag: lagOf(snapshot),
          budgets: operations.budgets(),
          availability: await availability().catch(() => []),
        },
      }
    },
  }
}

function countsOf({ versions, workers }: Snapshot, operations: Operations): OverviewRow['counts'] {
  return {
    incidents: operations.openIncidents().length,
    alerts: operations.alerts().length,
    parked: versions === null ? null : versions.reduce((sum, { parked }) => sum + parked, 0),
    moreParked: versions?.some(({ moreParked }) => moreParked) ?? false,
    workers: workers === null ? null : workers.filter(isRunning).length,
  }
}

const isRunning = ({ state }: WorkerSummary): boolean => state === 'active' || state === 'standby'

/** The lag of what readers see. */
function lagOf({ versions, at }: Snapshot): OverviewRow['lag'] {
  if (versions === null) return { behind: null, oldestAge: null }
  const active = versions.filter(({ role }) => role === 'active')
  const ranges = active.flatMap((version) => version.ranges)
  return {
    behind: active.reduce((sum, { behind }) => sum + behind, 0),
    oldestAge: ranges.length === 0 ? 0 : oldestAge(ranges, at),
  }
}

/** By service: the days, oldest first, and the ratio over all of them. */
function availabilityOf(known: readonly Availability[]): OverviewRow['availability'] {
  const services = Map.groupBy(known, ({ service }) => service)
  return [...services].sort().map(([service, all]) => {
    const days = all.toSorted((a, b) => (a.day < b.day ? -1 : 1))
    const [up, down] = [days.reduce((sum, day) => sum + day.up, 0), days.reduce((sum, day) => sum + day.down, 0)]
    return {
      service,
      ratio: ratio(up, down),
      days: days.map((one) => ({ day: one.day, ratio: ratio(one.up, one.down) })),
    }
  })
}

const ratio = (up: number, down: number): number | null => (up + down === 0 ? null : up / (up + down))
