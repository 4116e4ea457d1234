import type { StandardSchemaV1 } from '@standard-schema/spec'
import { defineEvents } from '../../../core/events/define-events.ts'
import { defineProjection } from '../../../projections/define-projection.ts'
import type { Projection } from '../../../projections/projection.ts'

/** The data of the workload's events. */
export type SimulatedData = {
  readonly amount: number
  /** The views that the event concerns in the projection with many keys. */
  readonly keys: readonly string[]
  /** Whether handlers fail at it until they are fixed. */
  readonly poisoned: boolean
}

// Nothing is validated: the workload writes through the port.
const schema: StandardSchemaV1<SimulatedData, SimulatedData> = {
  '~standard': { version: 1, vendor: 'tidemark', validate: (value) => ({ value: value as SimulatedData }) },
}

export const events = defineEvents({ Added: schema, Cleared: schema })

/** A view that records what was folded into it: the versions of each stream, in the order in which they were folded. */
export type Record = {
  /** The version of the projection whose handlers made it. */
  readonly made: number
  readonly seen: { readonly [streamId: string]: readonly number[] }
  readonly total: number
}

type Folded = { readonly streamId: string; readonly version: number; readonly data?: SimulatedData }

const fold = ({ made, seen, total }: Record, { streamId, version }: Folded, amount: number): Record => ({
  made,
  seen: { ...seen, [streamId]: [...(seen[streamId] ?? []), version] },
  total: total + amount,
})

/** Which projections a process runs. */
export type Release = {
  /** The versions of those that are past their first. */
  readonly versions?: { readonly [name: string]: number }
  /** Whether there is one whose views are stored in parts. */
  readonly merged?: boolean
}

/** Two views of one key, each from different streams; if one stream were in both, it would show as folded twice. */
function merge(a: Record, b: Record): Record {
  const seen: { [streamId: string]: readonly number[] } = { ...a.seen }
  for (const [streamId, versions] of Object.entries(b.seen)) seen[streamId] = [...(seen[streamId] ?? []), ...versions]
  return { made: a.made, seen, total: a.total + b.total }
}

/**
 * Creates the projections that a simulation runs.
 *
 * @param before called before each fold; what it throws, the handler throws
 */
export function createProjections(
  before: (event: Folded) => void = () => {},
  { versions = {}, merged = false }: Release = {},
): readonly Projection<Record>[] {
  const add = (view: Record, event: Folded) => {
    before(event)
    return fold(view, event, event.data?.amount ?? 0)
  }
  const remove = (_: Record, event: Folded) => {
    before(event)
    return null
  }
  const at = (name: string) => {
    const version = versions[name] ?? 1
    return { version, events, initial: (): Record => ({ made: version, seen: {}, total: 0 }) }
  }

  /** One view for each stream; `Cleared` deletes it, and so does the stream's end. */
  const perStream = defineProjection('per-stream', {
    ...at('per-stream'),
    key: ({ streamId }) => streamId,
    on: { Added: add, Cleared: remove },
    deleted: { key: (streamId) => streamId, fold: remove },
  })

  /** One view of everything, which all ranges write. */
  const overall = defineProjection('overall', {
    ...at('overall'),
    key: () => 'all',
    on: { Added: add, Cleared: add },
    deleted: { key: () => 'all', fold: add },
  })

  /** Views that many streams write, several for one event. */
  const manyKeys = defineProjection('many-keys', {
    ...at('many-keys'),
    key: ({ data }) => data.keys,
    on: { Added: add, Cleared: add },
  })

  /** The same, and one of everything, stored in parts. */
  const inParts = defineProjection('in-parts', {
    ...at('in-parts'),
    key: ({ data }) => ['all', ...data.keys],
    on: { Added: add, Cleared: add },
    merge,
  })

  return merged ? [perStream, overall, manyKeys, inParts] : [perStream, overall, manyKeys]
}

/** The same without any faults: what a plain fold uses. */
export const simulatedProjections = createProjections()
