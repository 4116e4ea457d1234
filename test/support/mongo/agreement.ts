import type { Db, Document } from 'mongodb'
import { expect } from 'vitest'

/** What is wrong between the heads, the counters and the events of a database; nothing should be. */
export async function checkAgreement(database: Db): Promise<void> {
  const [events, streams, slots] = await Promise.all(
    ['events', 'streams', 'slots'].map((name) =>
      database
        .collection(name)
        .find({}, { readConcern: { level: 'majority' } })
        .toArray(),
    ),
  )
  checkHeads(events as Document[], streams as Document[])
  checkLsns(events as Document[], slots as Document[])
}

function checkHeads(events: readonly Document[], streams: readonly Document[]): void {
  const ofStream = Map.groupBy(events, ({ stream }) => stream.id)
  expect(new Set(ofStream.keys())).toEqual(new Set(streams.map(({ _id }) => _id)))
  for (const { _id, version, recordedAt } of streams) {
    const own = (ofStream.get(_id) ?? []).toSorted((a, b) => a.stream.version - b.stream.version)
    expect(
      own.map(({ stream }) => stream.version),
      `versions of ${_id}`,
    ).toEqual(own.map((_, i) => i + 1))
    expect([own.length, own.at(-1)?.metadata.recordedAt], `the head of ${_id}`).toEqual([version, recordedAt])
    expect(new Set(own.map(({ metadata }) => metadata.eventId)).size, `event ids of ${_id}`).toBe(own.length)
    const times = own.map(({ metadata }) => metadata.recordedAt)
    expect(times, `the times of ${_id}`).toEqual(times.toSorted())
  }
}

function checkLsns(events: readonly Document[], slots: readonly Document[]): void {
  const pending = events.filter(({ lsn }) => lsn === undefined)
  expect(pending, 'events without an LSN after all of the feed was read').toEqual([])
  for (const { _id, counter } of slots) {
    const own = events.filter(({ slot }) => slot === _id)
    const appends = Map.groupBy(own, ({ lsn }) => lsn)
    const lsns = [...appends.keys()].toSorted((a, b) => a - b)
    expect(lsns, `the LSNs of slot ${_id}`).toEqual(Array.from({ length: counter }, (_, i) => i + 1))
    const ids = [...appends.values()].map((of) => [...new Set(of.map(({ append }) => append.id))])
    expect(
      ids.every((of) => of.length === 1),
      `one append an LSN in slot ${_id}`,
    ).toBe(true)
    expect(new Set(ids.flat()).size, `one LSN an append in slot ${_id}`).toBe(ids.length)
  }
}
