import { DURATION_BOUNDARIES } from './durations.ts'

/** The attributes of a measurement or a span. Keep the number of their values small. */
export type Attributes = { readonly [name: string]: string | number }

/**
 * What Tidemark measures. A timer counts seconds; a gauge is read when it is collected. A name that does not begin with
 * `tidemark` is one of OpenTelemetry's semantic conventions 1.45.0.
 */
export const METRICS = {
  'tidemark.events.appended': { kind: 'counter', unit: '{event}', description: 'Events appended' },
  'tidemark.append.conflicts': {
    kind: 'counter',
    unit: '{conflict}',
    description: 'Appends that lost to another writer',
  },
  'tidemark.append.duration': { kind: 'timer', unit: 's', description: 'Appending to a stream' },
  'tidemark.append.retries': { kind: 'counter', unit: '{retry}', description: 'Commands run again' },
  'tidemark.events.projected': { kind: 'counter', unit: '{event}', description: 'Events folded or acknowledged' },
  'tidemark.fold.duration': { kind: 'timer', unit: 's', description: "Folding a page's events for one view" },
  'tidemark.projection.delay': {
    kind: 'histogram',
    unit: 's',
    description: "From recording the oldest event of a page until the page's views are saved",
    boundaries: DURATION_BOUNDARIES,
  },
  'tidemark.save.duration': { kind: 'timer', unit: 's', description: 'Saving a view' },
  'tidemark.view.conflicts': {
    kind: 'counter',
    unit: '{conflict}',
    description: 'View saves that lost to another worker',
  },
  'tidemark.handler.retries': { kind: 'counter', unit: '{retry}', description: 'Handlers called again' },
  'tidemark.range.failures': { kind: 'counter', unit: '{failure}', description: 'Failures that hold up a range' },
  'tidemark.sequences.parked': { kind: 'counter', unit: '{sequence}', description: 'Sequences parked' },
  'tidemark.lease.changes': {
    kind: 'counter',
    unit: '{change}',
    description: 'Leases taken, released, moved and lost',
  },
  'tidemark.cosmos.charge': { kind: 'counter', unit: '{request_unit}', description: 'Request units used' },
  'azure.cosmosdb.client.operation.request_charge': {
    kind: 'histogram',
    unit: '{request_unit}',
    description: 'Request units used by one call',
    boundaries: [1, 5, 10, 25, 50, 100, 250, 500, 1000],
  },
  'tidemark.cosmos.requests': { kind: 'counter', unit: '{request}', description: 'Requests responded to' },
  'tidemark.cosmos.fallbacks': {
    kind: 'counter',
    unit: '{call}',
    description: 'Stored procedures replaced by batches',
  },
  'tidemark.range.behind': { kind: 'gauge', unit: '{event}', description: 'Events not yet processed' },
  'tidemark.range.oldest': { kind: 'gauge', unit: 's', description: 'Age of the oldest event not yet processed' },
  'tidemark.range.parked': { kind: 'gauge', unit: '{sequence}', description: 'Parked sequences' },
  'tidemark.range.unowned': { kind: 'gauge', unit: '1', description: 'Whether a range has no owner' },
  'tidemark.range.paused': { kind: 'gauge', unit: '1', description: 'Whether a projection is paused on a range' },
  'tidemark.range.stalled': { kind: 'gauge', unit: '1', description: 'Whether a range is stalled' },
  'tidemark.range.waiting': {
    kind: 'gauge',
    unit: 's',
    description: 'For how long a reaction has waited for its destination',
  },
  'tidemark.timers.pending': { kind: 'gauge', unit: '{timer}', description: 'Timers that have not fired' },
  'tidemark.timers.overdue': { kind: 'gauge', unit: '{timer}', description: 'Timers due for more than a minute' },
  'tidemark.messages.received': {
    kind: 'counter',
    unit: '{message}',
    description: 'Messages received from a bus and settled',
  },
  'tidemark.subscriber.waiting': {
    kind: 'gauge',
    unit: '1',
    description: 'Whether a subscriber waits for the bus or the storage',
  },
  'http.server.request.duration': { kind: 'timer', unit: 's', description: 'Responding to a request' },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    description: 'By how much 99 of 100 turns of the event loop were late at most',
  },
  'tidemark.chain.size': { kind: 'gauge', unit: '{block}', description: 'Blocks of the chain' },
  'tidemark.chain.diverged': {
    kind: 'gauge',
    unit: '1',
    description: 'Whether the chain is of another log, or contradicts a head that was kept',
  },
  'tidemark.chain.unanchored': {
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest block that an anchor lacks',
  },
} as const satisfies { readonly [name: string]: Metric }

type Metric = {
  /** In the notation of the Unified Code for Units of Measure. */
  readonly unit: string
  readonly description: string
} & (
  | { readonly kind: 'counter' | 'timer' | 'gauge' }
  | { readonly kind: 'histogram'; readonly boundaries: readonly number[] }
)

type NameOf<Kind> = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[keyof typeof METRICS]

export type CounterName = NameOf<'counter'>
export type TimerName = NameOf<'timer'>
export type HistogramName = NameOf<'histogram'>
export type GaugeName = NameOf<'gauge'>

/** The value of a gauge when it was read. */
export type Reading = { readonly gauge: GaugeName; readonly value: number; readonly attributes: Attributes }

/** How a span begins. */
export type SpanStart = {
  readonly name: string
  readonly kind: 'producer' | 'consumer'
  readonly attributes: Attributes
  /**
   * The origin of the work, as `traceparent` of W3C Trace Context: the first sampled one is continued, the others are
   * linked to. Without any, the span is a child of the active one.
   */
  readonly origins?: readonly string[]
}

/**
 * Where measurements and traces are sent. `tidemark/opentelemetry` creates one for OpenTelemetry; without one nothing
 * is measured. Only `span` may throw, and only what `work` throws; anything else that is thrown is ignored.
 */
export type Telemetry = {
  count(counter: CounterName, amount: number, attributes: Attributes): void
  /** Starts a timer; the returned function stops it, and adds what was not known before to the attributes. */
  time(timer: TimerName, attributes: Attributes): (known?: Attributes) => void
  /** Records one value of a histogram, in its unit. */
  record(histogram: HistogramName, value: number, attributes: Attributes): void
  /** Registers gauges, to be read at each collection, until the returned function is called. */
  observe(read: () => Promise<readonly Reading[]>): () => void
  /**
   * Runs work in a span.
   *
   * @param work receives the span's `traceparent`, or undefined if nothing is traced
   */
  span<T>(start: SpanStart, work: (traceparent: string | undefined) => Promise<T>): Promise<T>
}

const nothing = (): void => {}

/** Measures nothing and traces nothing. */
export const noTelemetry: Telemetry = {
  count: nothing,
  time: () => nothing,
  record: nothing,
  observe: () => nothing,
  span: (_, work) => work(undefined),
}
