import type { Attributes, CounterName, HistogramName, TimerName } from '../../core/telemetry/telemetry.ts'
import type { Collected } from '../../core/telemetry/telemetry-sink.ts'
import type { DurationName } from '../model/durations.ts'
import type { TotalName } from '../model/instance-report.ts'

export type Totals = { [name in TotalName]?: number }

/** How many durations fell into each bucket. */
export type Durations = { [name in DurationName]?: number[] }

/** What a total sums: the values of a counter, or how often a timer measured; of some, only with certain attributes. */
type Source = { readonly of: CounterName | TimerName; readonly where?: (attributes: Attributes) => boolean }

const statusOf = (attributes: Attributes): number =>
  Number(attributes['http.response.status_code'] ?? attributes['db.response.status_code'])

const SOURCES: { readonly [name in TotalName]: Source } = {
  appended: { of: 'tidemark.events.appended' },
  appends: { of: 'tidemark.append.duration' },
  appendConflicts: { of: 'tidemark.append.conflicts' },
  folded: { of: 'tidemark.events.projected' },
  saves: { of: 'tidemark.save.duration' },
  viewConflicts: { of: 'tidemark.view.conflicts' },
  leasesLost: { of: 'tidemark.lease.changes', where: (attributes) => attributes['tidemark.change'] === 'lost' },
  requestUnits: { of: 'tidemark.cosmos.charge' },
  cosmosRequests: { of: 'tidemark.cosmos.requests' },
  throttled: { of: 'tidemark.cosmos.requests', where: (attributes) => statusOf(attributes) === 429 },
  requests: { of: 'http.server.request.duration' },
  failedRequests: { of: 'http.server.request.duration', where: (attributes) => statusOf(attributes) >= 500 },
}

const DURATIONS: { readonly [name in DurationName]: TimerName | HistogramName } = {
  append: 'tidemark.append.duration',
  save: 'tidemark.save.duration',
  fold: 'tidemark.fold.duration',
  request: 'http.server.request.duration',
  appendToView: 'tidemark.projection.delay',
}

/** Adds what was measured since the last collection; the total of what was never measured stays absent. */
export function addTotals(totals: Totals, { counters, timers }: Collected): void {
  const measured = [
    ...counters.map(({ counter, value, attributes }) => ({ name: counter, amount: value, attributes })),
    ...timers.map(({ timer, count, attributes }) => ({ name: timer, amount: count, attributes })),
  ]
  for (const [total, { of, where }] of Object.entries(SOURCES) as [TotalName, Source][]) {
    for (const { name, amount, attributes } of measured) {
      if (name !== of) continue
      totals[total] = (totals[total] ?? 0) + (where === undefined || where(attributes) ? amount : 0)
    }
  }
}

/** Adds the durations that were measured since the last collection. */
export function addDurations(durations: Durations, { timers, histograms }: Collected): void {
  const measured = [
    ...timers.map(({ timer, buckets }) => ({ name: timer, buckets })),
    ...histograms.map(({ histogram, buckets }) => ({ name: histogram, buckets })),
  ]
  for (const [duration, of] of Object.entries(DURATIONS) as [DurationName, string][]) {
    for (const { name, buckets } of measured) {
      if (name !== of) continue
      const known = durations[duration]
      durations[duration] = buckets.map((count, i) => count + (known?.[i] ?? 0))
    }
  }
}
