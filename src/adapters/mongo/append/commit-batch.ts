import { type StoredEvent, toDocument } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Heads } from './heads.ts'
import { type AppendItem, type Head, type KnownEvent, type KnownEvents, NO_STREAM, type Outcome } from './items.ts'
import type { Try } from './pending-append.ts'
import { planGroup } from './plan.ts'
import { type InTransaction, transact } from './transaction.ts'
import { writePlan } from './write.ts'

/**
 * Writes a batch of appends in one transaction and returns the outcome of each.
 *
 * @throws StaleHeads; and as `transact` does
 */
export async function commitGroup(
  handle: Pick<Handle, 'client' | 'clusterTime' | 'collections'>,
  heads: Heads,
  items: readonly AppendItem[],
  { careful, deadline }: Try,
): Promise<readonly Outcome[]> {
  try {
    const { outcomes, found } = await transact(handle, deadline, async (inTransaction) => {
      const { plan, found } = await planIn(handle, inTransaction, heads, items, careful)
      await writePlan(handle, inTransaction, plan)
      for (const [id, { to }] of plan.moves) found.set(id, to)
      return { outcomes: plan.outcomes as readonly Outcome[], found }
    })
    for (const [id, head] of found) if (head.version > 0) heads.set(id, head)
    return outcomes
  } catch (error) {
    for (const { streamId } of items) heads.forget(streamId)
    throw error
  }
}

type Read = Pick<Handle, 'collections'>

// Cached heads are good enough for accepting an append, because the write detects whether they are stale. A refusal is
// based only on what is read here.
async function planIn(
  handle: Read,
  inTransaction: InTransaction,
  heads: Heads,
  items: readonly AppendItem[],
  careful: boolean,
) {
  const found = new Map<string, Head>()
  const known = new Map<string, KnownEvents>()
  const remembered = (id: string) => (careful ? undefined : heads.get(id))
  const guess = new Map(items.map(({ streamId }) => [streamId, remembered(streamId) ?? NO_STREAM]))
  const guessed = planGroup(items, guess, known)
  const unread = items.filter(({ streamId }) => guessed.unsure.has(streamId) || remembered(streamId) === undefined)
  if (unread.length === 0) return { plan: guessed, found }
  await readHeads(handle, inTransaction, unread, found)
  const actual = new Map([...guess, ...found])
  const first = careful ? undefined : planGroup(items, actual, known)
  if (first?.unsure.size === 0) return { plan: first, found }
  const lookedFor = items.filter(({ streamId }) => first?.unsure.has(streamId) ?? true)
  await readKnown(handle, inTransaction, lookedFor, known)
  return { plan: planGroup(items, actual, known), found }
}

async function readHeads(
  { collections: { streams } }: Read,
  inTransaction: InTransaction,
  items: readonly AppendItem[],
  found: Map<string, Head>,
): Promise<void> {
  const filter = { _id: { $in: idsOf(items) }, slot: { $in: slotsOf(items) } }
  for (const { streamId } of items) found.set(streamId, NO_STREAM)
  const there = await inTransaction((session) => streams.find(filter, { session }).toArray())
  for (const { _id, version, recordedAt, deleted = false } of there) {
    found.set(_id, { version, recordedAt, deleted })
  }
}

async function readKnown(
  { collections: { events } }: Read,
  inTransaction: InTransaction,
  items: readonly AppendItem[],
  known: Map<string, KnownEvents>,
): Promise<void> {
  const found = new Map<string, Map<string, KnownEvent>>(items.map(({ streamId }) => [streamId, new Map()]))
  const branches = [...Map.groupBy(items, ({ place }) => place.slot)].map(([slot, of]) => ({
    slot,
    'metadata.eventId': { $in: [...new Set(of.flatMap((item) => item.events.map(({ eventId }) => eventId)))] },
    'stream.id': { $in: idsOf(of) },
  }))
  const there = await inTransaction((session) => events.find({ $or: branches }, { session }).toArray())
  for (const event of there) {
    found.get(event.stream.id)?.set(event.metadata.eventId, knownEvent(event))
  }
  for (const [id, of] of found) known.set(id, of)
}

const knownEvent = (event: StoredEvent): KnownEvent => ({
  version: event.stream.version,
  appendId: event.append.id,
  type: event.eventType,
  data: () => toDocument(event).eventData,
})

const idsOf = (items: readonly AppendItem[]): string[] => [...new Set(items.map(({ streamId }) => streamId))]

const slotsOf = (items: readonly AppendItem[]): number[] => [...new Set(items.map(({ place }) => place.slot))]
