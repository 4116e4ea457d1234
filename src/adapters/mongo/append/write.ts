import type { UpdateResult } from 'mongodb'
import { type StoredStream, storedEvents } from '../documents.ts'
import type { Handle } from '../handle.ts'
import type { Head } from './items.ts'
import { StaleHeads } from './pending-append.ts'
import type { Plan } from './plan.ts'
import type { InTransaction } from './transaction.ts'

type Write = Pick<Handle, 'collections'>

/**
 * Advances the heads of a plan by compare-and-swap, and inserts the events. A single event is sent on its own, because
 * the driver's bulk operation costs a single appender a twentieth of its speed.
 *
 * @throws StaleHeads; what the driver throws
 */
export async function writePlan(handle: Write, inTransaction: InTransaction, plan: Plan): Promise<void> {
  if (plan.moves.size === 0) return
  if ((await moveHeads(handle, inTransaction, plan)) !== plan.moves.size) throw new StaleHeads()
  await insertEvents(handle, inTransaction, plan)
}

type Moved = Pick<UpdateResult, 'matchedCount' | 'upsertedCount'>

async function moveHeads(
  { collections: { streams } }: Write,
  inTransaction: InTransaction,
  { moves }: Plan,
): Promise<number> {
  const updates = [...moves].map(([_id, { from, to, slot }]) => ({
    filter: { _id, slot, version: from.version },
    update: { $set: headFields(to) },
    upsert: from.version === 0,
  }))
  const [only, ...others] = updates
  const { matchedCount, upsertedCount } = await inTransaction<Moved>((session) =>
    only && others.length === 0
      ? streams.updateOne(only.filter, only.update, { session, upsert: only.upsert })
      : streams.bulkWrite(
          updates.map((updateOne) => ({ updateOne })),
          { session },
        ),
  )
  return matchedCount + upsertedCount
}

async function insertEvents(
  { collections: { events } }: Write,
  inTransaction: InTransaction,
  { writes }: Plan,
): Promise<void> {
  const documents = writes.flatMap(({ item, behind, recordedAt }) =>
    storedEvents(item.streamId, item.place, behind, item.appendId, recordedAt, item.events),
  )
  const [only, ...others] = documents
  await inTransaction<unknown>((session) =>
    only && others.length === 0 ? events.insertOne(only, { session }) : events.insertMany(documents, { session }),
  )
}

const headFields = ({ version, recordedAt, deleted }: Head): Partial<StoredStream> => ({
  version,
  recordedAt,
  ...(deleted && { deleted }),
})
