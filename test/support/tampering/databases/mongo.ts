import { openCollections, openDatabase } from '../../../../src/adapters/mongo/client/collections.ts'
import type { StoredEvent } from '../../../../src/adapters/mongo/documents.ts'
import { placeOf } from '../../../../src/core/positions/stream-slot.ts'
import { onModel } from '../../mongo-model/on-model.ts'
import type { RawDatabase, RawRef } from '../raw-database.ts'

const SLOTS = 2

const idOf = ([streamId, version]: RawRef): string => `${streamId}:${version}`

/** A database of MongoDB, on a model of a server, and its collections as any shell sees them. */
export async function mongoDatabase(): Promise<RawDatabase> {
  const on = await onModel()
  const { events, streams, slots } = openCollections(openDatabase(on.client, 'x'), '')
  const find = async (event: RawRef): Promise<StoredEvent> => {
    const found = await events.findOne({ _id: idOf(event) })
    if (found === null) throw new Error(`There is no ${idOf(event)}`)
    return found
  }
  const put = async (event: StoredEvent) => void (await events.insertOne(event))
  const take = async (event: RawRef): Promise<StoredEvent> => {
    const found = await find(event)
    await events.deleteOne({ _id: found._id })
    return found
  }
  return {
    kind: 'mongo',
    open: () => on.open({ slots: SLOTS }),
    async change(event, change) {
      const { eventType, eventData, metadata } = await find(event)
      const { eventId, recordedAt, ...others } = metadata
      const changed = { eventType, eventData, metadata: others, ...change({ eventType, eventData, metadata: others }) }
      const $set = { ...changed, metadata: { eventId, recordedAt, ...changed.metadata } }
      await events.updateOne({ _id: idOf(event) }, { $set })
    },
    async remove(...given) {
      for (const event of given) await take(event)
    },
    async rename(from, to) {
      const head = await streams.findOne({ _id: from })
      if (head === null) throw new Error(`There is no ${from}`)
      const place = placeOf(to, SLOTS)
      for (let version = 1; version <= head.version; version++) {
        const event = await take([from, version])
        await put({ ...event, ...place, _id: idOf([to, version]), stream: { id: to, version } })
      }
      await streams.deleteOne({ _id: from })
      await streams.insertOne({ ...head, _id: to, slot: place.slot })
    },
    async append([streamId, version], { eventType, eventData, metadata }) {
      const place = placeOf(streamId, SLOTS)
      const { counter, latest = '' } = (await slots.findOne({ _id: place.slot })) ?? { counter: 0 }
      const lsn = counter + 1
      const append = { id: `raw-${version}`, first: version, last: version }
      const own = { eventId: append.id, recordedAt: latest, ...metadata }
      const stream = { id: streamId, version }
      const _id = idOf([streamId, version])
      await put({ _id, stream, eventType, eventData, metadata: own, ...place, append, lsn, latest } as StoredEvent)
      await slots.updateOne({ _id: place.slot }, { $set: { counter: lsn } })
      await streams.updateOne({ _id: streamId }, { $set: { version, recordedAt: latest } })
    },
    async swapVersions(streamId, one, other) {
      const [first, second] = [await take([streamId, one]), await take([streamId, other])]
      await put({ ...first, _id: idOf([streamId, other]), stream: second.stream })
      await put({ ...second, _id: idOf([streamId, one]), stream: first.stream })
    },
    async swapPlaces(one, other) {
      const [first, second] = [await take(one), await take(other)]
      await put({ ...first, lsn: second.lsn as number })
      await put({ ...second, lsn: first.lsn as number })
    },
    async moveTo(event, lsn) {
      await events.updateOne({ _id: idOf(event) }, { $set: { lsn } })
    },
    async mark(streamId, deleted) {
      await streams.updateOne({ _id: streamId }, deleted ? { $set: { deleted } } : { $unset: { deleted: '' } })
    },
    [Symbol.asyncDispose]: () => on[Symbol.asyncDispose](),
  }
}
