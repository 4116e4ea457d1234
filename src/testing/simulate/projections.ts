import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineEvents } from '../../core/events/define-events.ts'
import { defineProjection } from '../../projections/define-projection.ts'
import type { Projection } from '../../projections/projection.ts'

/** The data of the workload's events. */
export type SimulatedData = {
  readonly amount: number
  /** The views that the event concerns in the projection with many keys. */
  readonly keys: readonly string[]
}

// Nothing is validated: the workload writes through the port.
const schema: StandardSchemaV1<SimulatedData, SimulatedData> = {
  '~standard': { version: 1, vendor: 'tidemark', validate: (value) => ({ value: value as SimulatedData }) },
}

const events = defineEvents({ Added: schema, Cleared: schema })

/** A view that says what was folded into it: the versions of each stream, in the order in which they were folded. */
export type Record = {
  readonly seen: { readonly [streamId: string]: readonly number[] }
  readonly total: number
}

type Folded = { readonly streamId: string; readonly version: number }

const empty = (): Record => ({ seen: {}, total: 0 })

const fold = ({ seen, total }: Record, { streamId, version }: Folded, amount: number): Record => ({
  seen: { ...seen, [streamId]: [...(seen[streamId] ?? []), version] },
  total: total + amount,
})

/** One view a stream; `Cleared` takes it away, and so does the stream's end. */
const perStream = defineProjection('per-stream', {
  events,
  key: ({ streamId }) => streamId,
  initial: empty,
  on: {
    Added: (view, event) => fold(view, event, event.data.amount),
    Cleared: () => null,
  },
  deleted: { key: (streamId) => streamId, fold: () => null },
})

/** One view of everything, which all ranges write. */
const overall = defineProjection('overall', {
  events,
  key: () => 'all',
  initial: empty,
  on: {
    Added: (view, event) => fold(view, event, event.data.amount),
    Cleared: (view, event) => fold(view, event, event.data.amount),
  },
  deleted: { key: () => 'all', fold: (view, event) => fold(view, event, 0) },
})

/** Views that many streams write, several for one event. */
const manyKeys = defineProjection('many-keys', {
  events,
  key: ({ data }) => data.keys,
  initial: empty,
  on: {
    Added: (view, event) => fold(view, event, event.data.amount),
    Cleared: (view, event) => fold(view, event, event.data.amount),
  },
})

/** The projections that a simulation runs. */
export const simulatedProjections: readonly Projection<Record>[] = [perStream, overall, manyKeys]
