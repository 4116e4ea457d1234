import assert from 'node:assert/strict'
import { HUSK, TOMBSTONE } from '../../../core/port/event-document.ts'
import { manualClock } from '../../manual-clock.ts'
import { casesOf } from '../case.ts'
import { collect, deleteWhole, eraseWhole, event, events, grow } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { wholeFeed } from '../support/feed.ts'

const NOON = Date.UTC(2026, 5, 1, 12)

/** The recording times of events. */
export const recordedAt = casesOf('append: recordedAt', {
  'it is the time of the injected clock': async ({ open }) => {
    const clock = manualClock(NOON)
    const storage = await open({ clock })
    await grow(storage, 'a:1', 2)
    clock.advance(1)
    await grow(storage, 'a:1')
    const { events } = await storage.events.load('a:1')
    assert.deepEqual(
      events.map(({ metadata }) => metadata.recordedAt),
      ['2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00.001Z'],
    )
  },

  'a copy keeps event types that would be refused today, and they can be read by every path': async ({ open }) => {
    const storage = await open()
    const old = event('x', { of: 'x' }, 'Happened\u001b[2J\u202e')
    await storage.events.append('a:1', [old], { expectedVersion: 0, recordedAt: new Date(NOON) })
    const types = [
      ...(await storage.events.load('a:1')).events,
      ...(await collect(storage.events.query({ types: [old.eventType] }))),
      ...(await wholeFeed(storage)).map((found) => found.event),
    ].map(({ eventType }) => eventType)
    assert.deepEqual(types, [old.eventType, old.eventType, old.eventType])
  },

  'it never decreases within a stream, although the clock does': async ({ open, reopen }) => {
    const clock = manualClock(NOON)
    const storage = await open({ clock })
    await grow(storage, 'a:1')
    clock.advance(-3_600_000)
    await grow(storage, 'a:1', 2)
    const other = await reopen(storage)
    clock.advance(-3_600_000)
    await grow(storage, 'a:1')
    clock.advance(2 * 3_600_000 + 5)
    await grow(storage, 'a:1')
    const times = (await other.events.load('a:1')).events.map(({ metadata }) => Date.parse(metadata.recordedAt))
    assert.deepEqual(times, [NOON, NOON, NOON, NOON, NOON + 5])
  },

  'another stream gets the time to which the clock was set back': async ({ open }) => {
    const clock = manualClock(NOON)
    const storage = await open({ clock })
    await grow(storage, 'a:1')
    clock.advance(-1000)
    await grow(storage, 'a:2')
    assert.equal((await storage.events.load('a:2')).events[0]?.metadata.recordedAt, '2026-06-01T11:59:59.000Z')
  },

  'a tombstone is not recorded before the last event either': async ({ open }) => {
    const clock = manualClock(NOON)
    const storage = await open({ clock })
    await grow(storage, 'a:1')
    clock.advance(-1000)
    await deleteWhole(storage, 'a:1')
    const [tombstone] = await wholeFeed(storage)
    assert.equal(tombstone?.event.metadata.recordedAt, '2026-06-01T12:00:00.000Z')
  },

  'a copy sets the recording times of its events, tombstones too': async ({ open, reopen }) => {
    const clock = manualClock(NOON)
    const storage = await open({ clock })
    const first = { expectedVersion: 0, recordedAt: new Date(NOON - 86_400_000) }
    await storage.events.append('a:1', [event('x'), event('y')], first)
    await storage.events.append('a:1', [event('z')], { expectedVersion: 2, recordedAt: new Date(NOON + 7) })
    const other = await reopen(storage)
    assert.equal((await other.events.append('a:1', [event('x'), event('y')], first)).duplicate, true)
    const end = { expectedVersion: 3, recordedAt: new Date(NOON + 9) }
    await other.events.tombstone('a:1', { metadata: { eventId: 'end' } }, end)
    assert.deepEqual(
      (await wholeFeed(storage)).map(({ event: { eventType, metadata } }) => [eventType, metadata.recordedAt]),
      [
        ['Happened', '2026-05-31T12:00:00.000Z'],
        ['Happened', '2026-05-31T12:00:00.000Z'],
        ['Happened', '2026-06-01T12:00:00.007Z'],
        [TOMBSTONE, '2026-06-01T12:00:00.009Z'],
      ],
    )
  },

  'a time set by a copy does not decrease within a stream either, and queries use it': async ({ open }) => {
    const clock = manualClock(NOON)
    const storage = await open({ clock })
    const say = (minutes: number) =>
      ({ expectedVersion: 'any', recordedAt: new Date(NOON + minutes * 60_000) }) as const
    await storage.events.append('a:1', [event('x')], say(-5))
    await storage.events.append('a:1', [event('y')], say(-9))
    await storage.events.append('a:2', [event('z')], say(-9))
    await grow(storage, 'a:2')
    const found = await collect(storage.events.query({ recorded: { to: new Date(NOON) } }))
    assert.deepEqual(
      found.map(({ metadata }) => [metadata.eventId, Date.parse(metadata.recordedAt) - NOON]),
      [
        ['z', -540_000],
        ['x', -300_000],
        ['y', -300_000],
      ],
    )
  },

  'an invalid time is InvalidEvent': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1')
    for (const recordedAt of [new Date(Number.NaN), new Date(8.64e15), new Date(-8.64e15), NOON, '2026-06-01', null]) {
      const options = { expectedVersion: 'any', recordedAt } as never
      await rejectsWith('InvalidEvent', () => storage.events.append('a:1', events(1), options), String(recordedAt))
      const end = () => storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, options)
      await rejectsWith('InvalidEvent', end, `a tombstone of ${recordedAt}`)
    }
    assert.equal((await storage.events.load('a:1')).version, 1)
  },

  'placeholders replace what was erased at the source of a copy': async ({ open }) => {
    const storage = await open()
    const copied = { recordedAt: new Date(NOON) }
    const placeholders = (...ids: string[]) => ids.map((id) => event(id, {}, HUSK))
    const other = { expectedVersion: 0, ...copied }
    await rejectsWith('InvalidEvent', () => storage.events.append('a:1', [event('h', { some: 1 }, HUSK)], other))
    await rejectsWith('InvalidEvent', () => storage.events.append('a:1', placeholders('h'), { expectedVersion: 0 }))

    await storage.events.append('a:1', placeholders('1', '2', '3'), { expectedVersion: 0, ...copied })
    await storage.events.append('a:1', placeholders('4'), { expectedVersion: 3, ...copied })
    assert.deepEqual(await wholeFeed(storage), [], 'the feed hides them')
    await storage.events.append('a:2', events(2), { expectedVersion: 0, ...copied })
    await storage.events.append('a:2', placeholders('3', '4'), { expectedVersion: 2, ...copied })
    for (const streamId of ['a:1', 'a:2']) {
      await storage.events.tombstone(streamId, { metadata: { eventId: 'end' } }, { expectedVersion: 4, ...copied })
    }
    const versionsOf = async (streamId: string) =>
      (await wholeFeed(storage))
        .map(({ event: { stream } }) => stream)
        .filter(({ id }) => id === streamId)
        .map(({ version }) => version)
    assert.deepEqual(await versionsOf('a:1'), [5])
    assert.deepEqual(await versionsOf('a:2'), [1, 2, 5])
    await eraseWhole(storage, 'a:1', 3)
    await eraseWhole(storage, 'a:2')
    assert.deepEqual(await versionsOf('a:1'), [5])
    assert.deepEqual(await versionsOf('a:2'), [5])
    await rejectsWith('StreamDeleted', () => storage.events.append('a:1', events(1), { expectedVersion: 'noStream' }))
  },
})
