import assert from 'node:assert/strict'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { ReadOptions } from '../../core/port/event-log.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { casesOf } from './case.ts'
import { collect, grow, numbers, versionsOf } from './support/events.ts'
import { rejectsWith } from './support/expect.ts'
import { eventsIn, rangeOfStream } from './support/feed.ts'

// Values that a caller may have computed wrongly, or parsed from text.
const NO_NUMBERS: readonly unknown[] = [-1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53, null, '2', true, {}, []]

const DIRECTIONS: readonly unknown[] = ['sideways', '', 'Backwards', null, 1]

/** Calls with invalid options: all adapters refuse the same. */
export const options = casesOf('options', {
  'a stream is read by whole numbers and in a valid direction; anything else is InvalidOption': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 7)
    const refused: [string, unknown][] = []
    for (const name of ['from', 'to', 'limit']) for (const value of NO_NUMBERS) refused.push([name, value])
    for (const name of ['from', 'to']) refused.push([name, Number.POSITIVE_INFINITY])
    for (const value of DIRECTIONS) refused.push(['direction', value])
    for (const [name, value] of refused) {
      for (const direction of ['forwards', 'backwards'] as const) {
        const given = { direction, [name]: value } as ReadOptions
        const what = `${name}: ${String(value)}, ${direction}`
        const byRead = await rejectsWith(
          'InvalidOption',
          () => collect(storage.events.read('a:1', given)),
          `read ${what}`,
        )
        const byLoad = await rejectsWith('InvalidOption', () => storage.events.load('a:1', given), `load ${what}`)
        assert.deepEqual([byRead.option, byLoad.option], [name, name], what)
      }
    }
    await rejectsWith('InvalidOption', () => storage.events.load('a:1', null as never), 'options that are null')
    await rejectsWith('InvalidOption', () => storage.events.load('none:1', { limit: -1 }), 'of no stream')
  },

  'the smallest and the largest numbers are accepted': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 7)
    const all = numbers(1, 7)
    const taken: readonly (readonly [ReadOptions, readonly number[]])[] = [
      [{ limit: 0 }, []],
      [{ limit: 0, direction: 'backwards' }, []],
      [{ limit: Number.MAX_SAFE_INTEGER }, all],
      [{ limit: Number.POSITIVE_INFINITY }, all],
      [{ from: 0 }, all],
      [{ from: 0, to: 0 }, []],
      [{ from: 0, direction: 'backwards' }, []],
      [{ to: Number.MAX_SAFE_INTEGER }, all],
      [{ from: Number.MAX_SAFE_INTEGER }, []],
      [{ from: Number.MAX_SAFE_INTEGER, direction: 'backwards' }, all.toReversed()],
    ]
    for (const [given, versions] of taken) {
      const what = JSON.stringify(given)
      assert.deepEqual(versionsOf(await collect(storage.events.read('a:1', given))), versions, `read ${what}`)
      const loaded = await storage.events.load('a:1', given)
      assert.deepEqual([versionsOf(loaded.events), loaded.version], [versions, 7], `load ${what}`)
    }
  },

  'the feed is read from a valid start, by whole numbers from 1; anything else is InvalidOption': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 3)
    const range = await rangeOfStream(storage, 'a:1')
    for (const limit of [0, ...NO_NUMBERS, Number.POSITIVE_INFINITY]) {
      const read = () => storage.feed.read(range, 'start', { limit: limit as number })
      assert.equal((await rejectsWith('InvalidOption', read, `limit: ${String(limit)}`)).option, 'limit')
    }
    for (const from of [new Date(Number.NaN), null, undefined, 7, {}] as never[]) {
      for (const call of [readFrom, lagFrom]) {
        const error = await rejectsWith('InvalidOption', () => call(storage, range, from), `from: ${String(from)}`)
        assert.equal(error.option, 'from')
      }
    }
    assert.equal((await storage.feed.read(range, 'start', { limit: 1 })).events.length > 0, true)
    assert.equal((await eventsIn(storage, range, new Date(0))).length, 3)
  },

  'erasing accepts whole numbers from 1; anything else is InvalidOption and erases nothing': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 5)
    await storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 5 })
    const range = await rangeOfStream(storage, 'a:1')
    const left = async () => (await eventsIn(storage, range)).length
    for (const limit of [0, ...NO_NUMBERS]) {
      const erase = () => storage.events.erase('a:1', { limit: limit as number })
      assert.equal((await rejectsWith('InvalidOption', erase, `limit: ${String(limit)}`)).option, 'limit')
    }
    assert.equal(await left(), 6)
    assert.deepEqual(await storage.events.erase('a:1', { limit: 1 }), { done: false })
    assert.equal(await left(), 5)
    assert.deepEqual(await storage.events.erase('a:1', { limit: Number.POSITIVE_INFINITY }), { done: true })
    assert.equal(await left(), 1)
  },
})

const readFrom = ({ feed }: StoragePort, range: FeedRange, from: never) => feed.read(range, from)
const lagFrom = ({ feed }: StoragePort, range: FeedRange, from: never) => feed.lag(range, from)
