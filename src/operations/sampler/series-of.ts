import { percentile } from '../history/percentile.ts'
import type { Buckets, DurationName } from '../model/durations.ts'
import type { InstanceReport } from '../model/instance-report.ts'
import { oldestAge } from '../model/oldest-age.ts'
import type { SeriesName } from '../model/series.ts'
import type { Measured, Snapshot } from '../model/snapshot.ts'

type Values = { readonly [name: string]: number | null }

/** The values of all series at a snapshot. @param live the processes that run */
export function seriesOf({ at, storage, versions, measured }: Snapshot, live: readonly InstanceReport[] | null) {
  const { seconds, appends, appendConflicts, saves, viewConflicts } = measured
  const perSecond = (count: number | null) => (count === null ? null : count / seconds)
  const active = versions?.filter(({ role }) => role === 'active') ?? null
  const shown = versions?.filter(({ role }) => role !== 'dropping') ?? null
  const values = {
    appended: perSecond(measured.appended),
    folded: perSecond(measured.folded),
    bytes: perSecond(measured.bytes),
    ...percentilesOf('append', measured.durations),
    ...percentilesOf('request', measured.durations),
    ...percentilesOf('appendToView', measured.durations),
    oldest: active && mostOf(active.map(({ ranges }) => oldestAge(ranges, at))),
    behind: active && sumOf(active.map(({ behind }) => behind)),
    appendConflicts: ratio(appendConflicts, appends),
    viewConflicts: ratio(viewConflicts, saves),
    requests: perSecond(measured.requests),
    failedRequests: ratio(measured.failedRequests, measured.requests),
    requestUnits: perSecond(measured.requestUnits),
    throttled: ratio(measured.throttled, measured.cosmosRequests),
    ping: storage.ping,
    parked: shown && sumOf(shown.map(({ parked }) => parked)),
    cpu: live && sumOf(live.map(({ load }) => load?.cpu ?? null)),
    memory: live && sumOf(live.map(({ memory }) => memory)),
    eventLoop: live && mostOf(live.map(({ load }) => load?.delay ?? null)),
    diskFree: storage.health?.disk?.free ?? null,
  } satisfies { readonly [name in SeriesName]: number | null }
  const ofVersions = (shown ?? []).flatMap((one) => {
    const name = `${one.projection}:${one.version}`
    return [
      [`behind{${name}}`, one.behind],
      [`oldest{${name}}`, oldestAge(one.ranges, at)],
    ] as const
  })
  const ofInstances = (live ?? []).map(({ id, load }) => [`cpu{${id}}`, load?.cpu ?? null] as const)
  return { ...values, ...Object.fromEntries([...ofVersions, ...ofInstances]) } as Values
}

type PercentileName<Name extends DurationName> = `${Name}.p50` | `${Name}.p95` | `${Name}.p99`

function percentilesOf<Name extends DurationName>(name: Name, durations: Measured['durations']) {
  const milliseconds = (buckets: Buckets | undefined, p: number) => {
    const found = buckets && percentile(buckets, p)
    return found == null ? null : found * 1_000
  }
  const values = [50, 95, 99].map((p) => [`${name}.p${p}`, milliseconds(durations[name], p / 100)])
  return Object.fromEntries(values) as { [Each in PercentileName<Name>]: number | null }
}

/** Nothing of nothing counts as 0, so that a quiet system has data. */
const ratio = (some: number | null, all: number | null): number | null =>
  some === null || all === null ? null : all === 0 ? 0 : Math.min(1, some / all)

/** The sum of what is known; null if nothing is. */
const sumOf = (values: readonly (number | null)[]): number | null =>
  values.reduce((sum, value) => (value === null ? sum : (sum ?? 0) + value), values.length === 0 ? 0 : null)

const mostOf = (values: readonly (number | null)[]): number | null =>
  values.reduce(
    (most, value) => (value === null ? most : Math.max(most ?? value, value)),
    values.length === 0 ? 0 : null,
  )
