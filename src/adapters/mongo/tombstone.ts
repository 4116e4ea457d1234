import { prepareTombstone } from '../../core/append/prepare-append.ts'
import { StreamNotFound } from '../../core/errors/append.ts'
import { type EventMetadata, HUSK } from '../../core/port/event-document.ts'
import type { EventLog } from '../../core/port/event-log.ts'
import { placeOf } from '../../core/positions/stream-slot.ts'
import { eraseLimitOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import type { AppendQueue } from './append/append-queue.ts'
import { submit } from './append.ts'
import { eventId, isErased, type StoredStream } from './documents.ts'
import type { Handle } from './handle.ts'

// Events that are erased by one call of the driver.
const CHUNK = 1000

/** The deleting half of the event log. */
export function deleter(handle: Handle, appends: AppendQueue): Pick<EventLog, 'tombstone' | 'erase'> {
  return {
    async tombstone(streamId, marker, options) {
      handle.assertOpen()
      const prepared = prepareTombstone(streamId, marker, options)
      return submit(handle, appends, 'tombstone', streamId, options, [prepared])
    },
    async erase(streamId, options) {
      handle.assertOpen()
      assertStreamId(streamId)
      const limit = eraseLimitOf(options)
      const { slot } = placeOf(streamId, handle.ranges.length)
      const stream = await handle.run(({ session }) =>
        handle.collections.streams.findOne({ _id: streamId, slot }, { session }),
      )
      if (!stream?.deleted) throw new StreamNotFound(streamId)
      for (let left = limit; ; left -= CHUNK) {
        const done = await eraseChunk(handle, stream, Math.min(left, CHUNK))
        if (done || left <= CHUNK) return { done }
      }
    },
  }
}

/** Erases a number of the last events below the tombstone; returns whether nothing is left. It is idempotent. */
async function eraseChunk(
  { run, collections: { events } }: Handle,
  { _id: streamId, slot, version: head }: StoredStream,
  limit: number,
): Promise<boolean> {
  const ofStream = { slot, 'stream.id': streamId }
  const last = await run(({ session }) =>
    events
      .find({ ...ofStream, 'stream.version': { $lt: head } }, { session })
      .sort({ 'stream.version': -1 })
      .limit(limit)
      .project<{ stream: { version: number } }>({ _id: 0, 'stream.version': 1 })
      .toArray(),
  )
  const lowest = last.at(-1)?.stream.version ?? 1
  const erased = { ...ofStream, 'stream.version': { $gte: Math.max(lowest, 2), $lt: head } }
  await run((attempt) => events.deleteMany(erased, { ...attempt }))
  if (lowest > 1) return false
  await run(async ({ session }) => {
    const _id = eventId(streamId, 1)
    const first = await events.findOne({ _id, slot }, { session })
    if (first === null || isErased(first)) return
    const metadata: EventMetadata = { eventId: HUSK, recordedAt: first.metadata.recordedAt }
    await events.updateOne(
      { _id, slot },
      {
        $set: { eventType: HUSK, eventData: {}, metadata },
        $unset: { json: '', pending: '', lsn: '', latest: '' },
      },
      { session },
    )
  })
  return true
}
