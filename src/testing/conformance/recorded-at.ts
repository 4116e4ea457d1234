import assert from 'node:assert/strict'
import { manualClock } from '../manual-clock.ts'
import { casesOf } from './case.ts'
import { deleteWhole, grow } from './support/events.ts'
import { wholeFeed } from './support/feed.ts'

const NOON = Date.UTC(2026, 5, 1, 12)

/** When events say that they were recorded. */
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

  'it never goes back within a stream, although the clock does': async ({ open, reopen }) => {
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

  'another stream takes the time that the clock went back to': async ({ open }) => {
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
})
