import type { Attempt } from '../client/run.ts'
import { eventId, type PlannedAppend } from '../documents.ts'
import type { Handle } from '../handle.ts'

/** Writes the LSNs of a plan into the events that still lack them. It is idempotent. */
export async function applyPlan(
  { collections: { events } }: Pick<Handle, 'collections'>,
  { session }: Attempt,
  slot: number,
  plan: readonly PlannedAppend[],
): Promise<void> {
  const updates = plan.flatMap(({ stream, first, last, lsn, latest }) =>
    Array.from({ length: last - first + 1 }, (_, i) => ({
      updateOne: {
        filter: { _id: eventId(stream, first + i), slot, pending: true as const },
        update: { $set: { lsn, latest }, $unset: { pending: '' as const } },
        // For this many, no query plan is searched.
        hint: { _id: 1 } as const,
      },
    })),
  )
  await events.bulkWrite(updates, { ordered: false, session })
}
