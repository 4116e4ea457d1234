import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineEvents } from '../../../core/events/define-events.ts'
import { defineProjection } from '../../../projections/define-projection.ts'
import type { Projection } from '../../../projections/projection.ts'

/** The data of the workload's events. */
export type SimulatedData = {
  readonly amount: number
  /** The views that the event concerns in the projection with many keys. */
  readonly keys: readonly string[]
  /** Whether handlers fail at it until they are mended. */
  readonly poisoned: boolean
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

type Folded = { readonly streamId: string; readonly version: number; readonly data?: SimulatedData }

const empty = (): Record => ({ seen: {}, total: 0 })

const fold = ({ seen, total }: Record, { streamId, version }: Folded, amount: number): Record => ({
  seen: { ...seen, [streamId]: [...(seen[streamId] ?? []), version] },
  total: total + amount,
})

/**
 * Makes the projections that a simulation runs.
 *
 * @param before called before each fold; what it throws, the handler throws
 */
export function createProjections(before: (event: Folded) => void = () => {}): readonly Projection<Record>[] {
  const add = (view: Record, event: Folded) => {
    before(event)
    return fold(view, event, event.data?.amount ?? 0)
  }
  const remove = (_: Record, event: Folded) => {
    before(event)
    return null
  }

  /** One view a stream; `Cleared` takes it away, and so does the stream's end. */
  const perStream = defineProjection('per-stream', {
    events,
    key: ({ streamId }) => streamId,
    initial: empty,
    on: { Added: add, Cleared: remove },
    deleted: { key: (streamId) => streamId, fold: remove },
  })

  /** One view of everything, which all ranges write. */
  const overall = defineProjection('overall', {
    events,
    key: () => 'all',
    initial: empty,
    on: { Added: add, Cleared: add },
    deleted: { key: () => 'all', fold: add },
  })

  /** Views that many streams write, several for one event. */
  const manyKeys = defineProjection('many-keys', {
    events,
    key: ({ data }) => data.keys,
    initial: empty,
    on: { Added: add, Cleared: add },
  })

  return [perStream, overall, manyKeys]
}

/** The same as they are without any trouble: what readers name, and what a plain fold uses. */
export const simulatedProjections = createProjections()
