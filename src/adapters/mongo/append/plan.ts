import { isExpected } from '../../../core/append/expected-version.ts'
import { later } from '../documents.ts'
import { judge } from './append-outcome.ts'
import type { AppendItem, Head, KnownEvent, KnownEvents, Outcome } from './items.ts'

/** The outcome of a batch of appends, and what is to be written for it. */
export type Plan = {
  /** One for each item; undefined if the item's stream is among the unsure. */
  readonly outcomes: readonly (Outcome | undefined)[]
  /** The heads that are advanced. */
  readonly moves: ReadonlyMap<string, { readonly from: Head; readonly to: Head; readonly slot: number }>
  readonly writes: readonly Write[]
  /** Streams whose event ids must be looked up before their items can be judged. */
  readonly unsure: ReadonlySet<string>
}

/** An append that is to be written after a version of its stream. */
export type Write = { readonly item: AppendItem; readonly behind: number; readonly recordedAt: string }

/**
 * Judges appends one after the other, as if each were alone, and collects what they write. Event ids are looked up only
 * if something does not fit; otherwise their unique index detects repeats.
 *
 * @param heads of all streams of the items
 * @param known the event ids found in the streams that were looked up
 */
export function planGroup(
  items: readonly AppendItem[],
  heads: ReadonlyMap<string, Head>,
  known: ReadonlyMap<string, KnownEvents>,
): Plan {
  const unsure = new Set<string>()
  const streams = new Map<string, Running>()
  const outcomes = items.map((item) => {
    const stream = streams.get(item.streamId) ?? begin(heads.get(item.streamId) as Head, item.place.slot)
    streams.set(item.streamId, stream)
    const lookedUp = known.get(item.streamId)
    if (lookedUp === undefined && needsLook(item, stream)) unsure.add(item.streamId)
    if (unsure.has(item.streamId)) return undefined
    const outcome = judge(item, stream.head, (id) => stream.written.get(id) ?? lookedUp?.get(id))
    return outcome ?? write(item, stream)
  })
  const certain = [...streams].filter(([id, { head, from }]) => head !== from && !unsure.has(id))
  return {
    outcomes,
    moves: new Map(certain.map(([id, { head, from, slot }]) => [id, { from, to: head, slot }])),
    writes: certain.flatMap(([, { writes }]) => writes),
    unsure,
  }
}

// A stream while its appends are judged.
type Running = {
  readonly from: Head
  readonly slot: number
  head: Head
  readonly writes: Write[]
  readonly written: Map<string, KnownEvent>
}

const begin = (from: Head, slot: number): Running => ({ from, slot, head: from, writes: [], written: new Map() })

// A stream that does not exist contains no ids.
function needsLook({ kind, expected, events }: AppendItem, { head, from, written }: Running): boolean {
  if (from.version === 0) return false
  if (head.deleted) return kind === 'tombstone'
  return !isExpected(expected, head.version) || events.some(({ eventId }) => written.has(eventId))
}

function write(item: AppendItem, stream: Running): Outcome {
  const { appendId, events, now, kind } = item
  const { head } = stream
  const recordedAt = later(now, head.recordedAt)
  stream.writes.push({ item, behind: head.version, recordedAt })
  for (const [i, { eventId, type, data }] of events.entries()) {
    stream.written.set(eventId, { version: head.version + 1 + i, appendId, type, data: () => JSON.parse(data) })
  }
  const version = head.version + events.length
  stream.head = { version, recordedAt, deleted: kind === 'tombstone' }
  return { kind: 'appended', version }
}
