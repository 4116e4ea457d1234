import type { Db, Document } from 'mongodb'
import { expect } from 'vitest'
import { HUSK, TOMBSTONE } from '../../../src/core/port/event-document.ts'

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
  checkLsns(events as Document[], streams as Document[], slots as Document[])
}

function checkHeads(events: readonly Document[], streams: readonly Document[]): void {
  const ofStream = Map.groupBy(events, ({ stream }) => stream.id)
  expect(new Set(ofStream.keys())).toEqual(new Set(streams.map(({ _id }) => _id)))
  for (const { _id, version, recordedAt, deleted } of streams) {
    const own = (ofStream.get(_id) ?? []).toSorted((a, b) => a.stream.version - b.stream.version)
    // Of a stream that was ended, events may be gone from below the tombstone downwards.
    const below = own.slice(0, deleted ? -1 : undefined).map(({ stream }) => stream.version)
    expect(below, `versions of ${_id}`).toEqual(below.map((_, i) => i + 1))
    const last = own.at(-1)
    expect([last?.stream.version, last?.metadata.recordedAt], `the head of ${_id}`).toEqual([version, recordedAt])
    expect(last?.eventType === TOMBSTONE, `the end of ${_id}`).toBe(deleted === true)
    if (!deleted) expect(own).toHaveLength(version)
    expect(new Set(own.map(({ metadata }) => metadata.eventId)).size, `event ids of ${_id}`).toBe(own.length)
    const times = own.map(({ metadata }) => metadata.recordedAt)
    expect(times, `the times of ${_id}`).toEqual(times.toSorted())
  }
}

function checkLsns(events: readonly Document[], streams: readonly Document[], slots: readonly Document[]): void {
  const without = events.filter(({ lsn, pending, eventType }) => lsn === undefined && (pending || eventType !== HUSK))
  expect(without, 'events without an LSN after all of the feed was read').toEqual([])
  for (const { _id, counter } of slots) {
    const own = events.filter(({ slot, lsn }) => slot === _id && lsn !== undefined)
    const appends = Map.groupBy(own, ({ lsn }) => lsn)
    const lsns = [...appends.keys()].toSorted((a, b) => a - b)
    const all = Array.from({ length: counter }, (_, i) => i + 1)
    // LSNs of appends that were erased are not given again.
    const mayLack = streams.some(({ slot, deleted }) => slot === _id && deleted)
    expect(mayLack ? lsns.filter((lsn) => !all.includes(lsn)) : lsns, `the LSNs of slot ${_id}`).toEqual(
      mayLack ? [] : all,
    )
    const ids = [...appends.values()].map((of) => [...new Set(of.map(({ append }) => append.id))])
    expect(
      ids.every((of) => of.length === 1),
      `one append an LSN in slot ${_id}`,
    ).toBe(true)
    expect(new Set(ids.flat()).size, `one LSN an append in slot ${_id}`).toBe(ids.length)
  }
}
