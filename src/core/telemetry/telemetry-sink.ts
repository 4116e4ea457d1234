import { DURATION_BOUNDARIES } from './durations.ts'
import {
  type Attributes,
  type CounterName,
  noTelemetry,
  type Reading,
  type Telemetry,
  type TimerName,
} from './telemetry.ts'

/** How much a counter grew. */
export type CounterReading = { readonly counter: CounterName; readonly value: number; readonly attributes: Attributes }

/** The durations of a timer, in buckets that can be added to those of other collections and processes. */
export type TimerReading = {
  readonly timer: TimerName
  readonly attributes: Attributes
  readonly count: number
  /** Seconds in all. */
  readonly sum: number
  /** The longest, in seconds. */
  readonly longest: number
  /** How many took at most as long as each of `boundaries`, and longer than the one before; the last: longer than all. */
  readonly buckets: readonly number[]
  /** In seconds; always the same. */
  readonly boundaries: readonly number[]
}

/** What was measured between two collections. */
export type Collected = {
  readonly counters: readonly CounterReading[]
  readonly timers: readonly TimerReading[]
  /** The gauges at this moment. */
  readonly gauges: readonly Reading[]
}

/** Measures in memory, for a reader in the same process. */
export type TelemetrySink = {
  /** Where measurements are sent; pass it as `telemetry`. */
  readonly telemetry: Telemetry
  /** What was measured since the last collection. Gauges that cannot be read are left out. */
  collect(): Promise<Collected>
}

/** The options of a sink. */
export type TelemetrySinkOptions = {
  /** Where everything is sent as well, spans included; by default nowhere. */
  readonly next?: Telemetry
  /**
   * How many combinations of a metric and its attributes are kept apart between two collections, from 1; default 2,000.
   * Further ones are added up under the attribute `otel.metric.overflow`.
   */
  readonly mostSeries?: number
}

const OVERFLOW: Attributes = { 'otel.metric.overflow': 'true' }

type Durations = { count: number; sum: number; longest: number; readonly buckets: number[] }

/** Creates a sink. It keeps sums and buckets, so what it holds grows with the number of attributes only. */
export function telemetrySink({ next = noTelemetry, mostSeries = 2_000 }: TelemetrySinkOptions = {}): TelemetrySink {
  const counters = createSeries<CounterName, { value: number }>(mostSeries, () => ({ value: 0 }))
  const timers = createSeries<TimerName, Durations>(mostSeries, () => ({
    count: 0,
    sum: 0,
    longest: 0,
    buckets: Array.from({ length: DURATION_BOUNDARIES.length + 1 }, () => 0),
  }))
  const observed = new Set<() => Promise<readonly Reading[]>>()

  function measured(timer: TimerName, attributes: Attributes, seconds: number): void {
    const durations = timers.of(timer, attributes)
    durations.count++
    durations.sum += seconds
    durations.longest = Math.max(durations.longest, seconds)
    const at = DURATION_BOUNDARIES.findIndex((boundary) => seconds <= boundary)
    const bucket = at === -1 ? DURATION_BOUNDARIES.length : at
    durations.buckets[bucket] = (durations.buckets[bucket] ?? 0) + 1
  }

  return {
    telemetry: {
      count(counter, amount, attributes) {
        if (amount > 0) counters.of(counter, attributes).value += amount
        next.count(counter, amount, attributes)
      },
      time(timer, attributes) {
        const stop = next.time(timer, attributes)
        const begun = performance.now()
        return () => {
          measured(timer, attributes, (performance.now() - begun) / 1000)
          stop()
        }
      },
      observe(read) {
        const own = () => read()
        observed.add(own)
        const unobserve = next.observe(read)
        return () => {
          observed.delete(own)
          unobserve()
        }
      },
      span: (start, work) => next.span(start, work),
    },
    async collect() {
      const gauges = await Promise.all([...observed].map((read) => read().catch(() => [])))
      return {
        counters: counters
          .take()
          .map(({ name, attributes, value: { value } }) => ({ counter: name, value, attributes })),
        timers: timers.take().map(({ name, attributes, value }) => ({
          timer: name,
          attributes,
          ...value,
          boundaries: DURATION_BOUNDARIES,
        })),
        gauges: gauges.flat(),
      }
    },
  }
}

type Entry<Name, Value> = { readonly name: Name; readonly attributes: Attributes; readonly value: Value }

/** Values by a metric's name and its attributes. */
function createSeries<Name extends string, Value>(most: number, create: () => Value) {
  let entries = new Map<string, Entry<Name, Value>>()

  function of(name: Name, attributes: Attributes): Value {
    const id = JSON.stringify([name, ...Object.entries(attributes).sort()])
    const known = entries.get(id)
    if (known) return known.value
    if (entries.size >= most && attributes !== OVERFLOW) return of(name, OVERFLOW)
    const value = create()
    entries.set(id, { name, attributes, value })
    return value
  }

  return {
    of,
    take(): readonly Entry<Name, Value>[] {
      const taken = [...entries.values()]
      entries = new Map()
      return taken
    },
  }
}
