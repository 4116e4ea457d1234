import { createDistribution } from './distribution.ts'
import { DURATION_BOUNDARIES } from './durations.ts'
import {
  type Attributes,
  type CounterName,
  type HistogramName,
  METRICS,
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

/** The values of a histogram, in buckets like those of a timer. */
export type HistogramReading = {
  readonly histogram: HistogramName
  readonly attributes: Attributes
  readonly count: number
  /** In the histogram's unit, as is `largest`. */
  readonly sum: number
  readonly largest: number
  readonly buckets: readonly number[]
  /** Always the same for one histogram. */
  readonly boundaries: readonly number[]
}

/** What was measured between two collections. */
export type Collected = {
  readonly counters: readonly CounterReading[]
  readonly timers: readonly TimerReading[]
  readonly histograms: readonly HistogramReading[]
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

/** Creates a sink. It keeps sums and buckets, so what it holds grows with the number of attributes only. */
export function telemetrySink({ next = noTelemetry, mostSeries = 2_000 }: TelemetrySinkOptions = {}): TelemetrySink {
  const counters = createSeries<CounterName, { value: number }>(mostSeries, () => ({ value: 0 }))
  const timers = createSeries(mostSeries, (_: TimerName) => createDistribution(DURATION_BOUNDARIES))
  const histograms = createSeries(mostSeries, (name: HistogramName) => createDistribution(METRICS[name].boundaries))
  const observed = new Set<() => Promise<readonly Reading[]>>()

  return {
    telemetry: {
      count(counter, amount, attributes) {
        if (amount > 0) counters.of(counter, attributes).value += amount
        next.count(counter, amount, attributes)
      },
      time(timer, attributes) {
        const stop = next.time(timer, attributes)
        const begun = performance.now()
        return (known) => {
          timers.of(timer, { ...attributes, ...known }).add((performance.now() - begun) / 1000)
          stop(known)
        }
      },
      record(histogram, value, attributes) {
        histograms.of(histogram, attributes).add(value)
        next.record(histogram, value, attributes)
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
        timers: timers.take().map(({ name, attributes, value }) => {
          const { largest, ...read } = value.read()
          return { timer: name, attributes, ...read, longest: largest, boundaries: DURATION_BOUNDARIES }
        }),
        histograms: histograms.take().map(({ name, attributes, value }) => {
          return { histogram: name, attributes, ...value.read(), boundaries: METRICS[name].boundaries }
        }),
        gauges: gauges.flat(),
      }
    },
  }
}

type Entry<Name, Value> = { readonly name: Name; readonly attributes: Attributes; readonly value: Value }

/** Values by a metric's name and its attributes. */
function createSeries<Name extends string, Value>(most: number, create: (name: Name) => Value) {
  let entries = new Map<string, Entry<Name, Value>>()
  // By the attributes in the order in which they were given. To sort them at each measurement would take longer than
  // the rest.
  let given = new Map<string, Entry<Name, Value>>()

  function of(name: Name, attributes: Attributes): Value {
    const asGiven = `${name} ${JSON.stringify(attributes)}`
    const known = given.get(asGiven) ?? sorted(name, attributes)
    if (known === undefined) return of(name, OVERFLOW)
    given.set(asGiven, known)
    return known.value
  }

  function sorted(name: Name, attributes: Attributes): Entry<Name, Value> | undefined {
    const id = JSON.stringify([name, ...Object.entries(attributes).sort()])
    const known = entries.get(id)
    if (known) return known
    if (entries.size >= most && attributes !== OVERFLOW) return undefined
    const entry = { name, attributes, value: create(name) }
    entries.set(id, entry)
    return entry
  }

  return {
    of,
    take(): readonly Entry<Name, Value>[] {
      const taken = [...entries.values()]
      entries = new Map()
      given = new Map()
      return taken
    },
  }
}
