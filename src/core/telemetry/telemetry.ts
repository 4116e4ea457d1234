/** What a measurement or a span is told apart by. Keep the number of their values small. */
export type Attributes = { readonly [name: string]: string | number }

/** What Tidemark measures. A timer counts seconds; a gauge is asked for when somebody looks. */
export const METRICS = {
  'tidemark.events.appended': { kind: 'counter', unit: '{event}', description: 'Events appended' },
  'tidemark.append.conflicts': { kind: 'counter', unit: '{conflict}', description: 'Appends that came second' },
  'tidemark.append.retries': { kind: 'counter', unit: '{retry}', description: 'Commands decided again' },
  'tidemark.events.projected': { kind: 'counter', unit: '{event}', description: 'Events folded or acknowledged' },
  'tidemark.fold.duration': { kind: 'timer', unit: 's', description: 'Folding the events of a page into a view' },
  'tidemark.save.duration': { kind: 'timer', unit: 's', description: 'Saving a view' },
  'tidemark.view.conflicts': { kind: 'counter', unit: '{conflict}', description: 'View saves that came second' },
  'tidemark.handler.retries': { kind: 'counter', unit: '{retry}', description: 'Handlers called again' },
  'tidemark.range.failures': { kind: 'counter', unit: '{failure}', description: 'Failures that hold up a range' },
  'tidemark.sequences.parked': { kind: 'counter', unit: '{sequence}', description: 'Sequences parked' },
  'tidemark.lease.changes': { kind: 'counter', unit: '{change}', description: 'Leases taken, released and lost' },
  'tidemark.cosmos.charge': { kind: 'counter', unit: '{request_unit}', description: 'Request units used' },
  'tidemark.cosmos.requests': { kind: 'counter', unit: '{request}', description: 'Requests answered' },
  'tidemark.cosmos.fallbacks': {
    kind: 'counter',
    unit: '{call}',
    description: 'Stored procedures replaced by batches',
  },
  'tidemark.range.behind': { kind: 'gauge', unit: '{event}', description: 'Events that wait' },
  'tidemark.range.oldest': { kind: 'gauge', unit: 's', description: 'Age of the oldest event that waits' },
  'tidemark.range.parked': { kind: 'gauge', unit: '{sequence}', description: 'Sequences that wait for somebody' },
  'tidemark.range.stalled': { kind: 'gauge', unit: '1', description: 'Whether a range is stalled' },
} as const satisfies { readonly [name: string]: Metric }

type Metric = {
  readonly kind: 'counter' | 'timer' | 'gauge'
  /** As the Unified Code for Units of Measure writes it. */
  readonly unit: string
  readonly description: string
}

type NameOf<Kind> = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never
}[keyof typeof METRICS]

export type CounterName = NameOf<'counter'>
export type TimerName = NameOf<'timer'>
export type GaugeName = NameOf<'gauge'>

/** The value of a gauge when it was asked for. */
export type Reading = { readonly gauge: GaugeName; readonly value: number; readonly attributes: Attributes }

/** How a span begins. */
export type SpanStart = {
  readonly name: string
  readonly kind: 'producer' | 'consumer'
  readonly attributes: Attributes
  /**
   * Where the work comes from, as `traceparent` of W3C Trace Context: the first one that is recorded is continued, the
   * others are linked to. Without any the span is a child of the one that is active.
   */
  readonly origins?: readonly string[]
}

/**
 * Where measurements and traces go. `tidemark/opentelemetry` makes one for OpenTelemetry; nothing is measured without.
 * None of its functions should throw but `span`, and that only what `work` throws; what they throw all the same is
 * ignored.
 */
export type Telemetry = {
  count(counter: CounterName, amount: number, attributes: Attributes): void
  /** Starts a timer; the answer stops it. */
  time(timer: TimerName, attributes: Attributes): () => void
  /** Has gauges read whenever somebody looks, until the answer is called. */
  observe(read: () => Promise<readonly Reading[]>): () => void
  /**
   * Runs work in a span.
   *
   * @param work is given the span's `traceparent`, or undefined when nothing is traced
   */
  span<T>(start: SpanStart, work: (traceparent: string | undefined) => Promise<T>): Promise<T>
}

const nothing = (): void => {}

/** Measures nothing and traces nothing. */
export const noTelemetry: Telemetry = {
  count: nothing,
  time: () => nothing,
  observe: () => nothing,
  span: (_, work) => work(undefined),
}
