import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { FeedEvent, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'
import { HUSK } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { sameInterval } from '../../../core/positions/hash-interval.ts'
import { manualClock } from '../../manual-clock.ts'
import { casesOf } from '../case.ts'
import { collect, deleteWhole, ENOUGH, event, events, grow, numbers } from '../support/events.ts'
import { rejectsWith, within } from '../support/expect.ts'
import { follow, pagesOf, rangeOfStream, wholeFeed } from '../support/feed.ts'

/** How long a change may take to be noticed, in milliseconds. Networks are slow, and some adapters poll. */
const NOTICED = 5000

/** The feed during writes: what is visible, when, and what is refused. */
export const feedWatching = casesOf('change feed: watching', {
  'no event becomes visible behind a read position while two handles append': async ({ open, reopen }) => {
    const storage = await open()
    const writers = [storage, await reopen(storage)]
    const readers = [follow(storage, 3), follow(await reopen(storage), 100)]
    let writing = true
    const write = async (port: StoragePort, name: number) => {
      for (const i of numbers(1, 40)) {
        const size = 1 + (i % 3)
        await Promise.all([
          port.events.append(`w${name}:${i % 7}`, events(size), { expectedVersion: 'any' }),
          port.events.append(`shared:${i % 5}`, events(size), { expectedVersion: 'any' }),
        ])
      }
    }
    const seen = readers.map((): FeedEvent[] => [])
    const reading = readers.map(async (reader, i) => {
      while (writing) seen[i]?.push(...(await reader.next()))
      seen[i]?.push(...(await reader.next()))
    })
    await Promise.all(writers.map(write))
    writing = false
    await Promise.all(reading)
    const log = (await collect(storage.events.query({}))).map(({ id }) => id).toSorted()
    assert.equal(log.length, 2 * 2 * (40 + 13 * 3 + 1))
    for (const [i, found] of seen.entries()) {
      assert.deepEqual(found.map(({ event }) => event.id).toSorted(), log, `reader ${i}`)
      for (const [streamId, of] of Map.groupBy(found, ({ event }) => event.stream.id)) {
        assert.deepEqual(
          of.map(({ event }) => event.stream.version),
          numbers(1, of.length),
          streamId,
        )
      }
    }
  },

  'an event has the same position for every reader': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    const read = Promise.all([follow(storage).next(), follow(other).next()])
    await Promise.all(numbers(1, 30).map((i) => grow(i % 2 ? storage : other, `a:${i % 9}`, 2)))
    await read
    assert.deepEqual(await wholeFeed(storage), await wholeFeed(other))
  },

  'changed resolves when this handle or another commits': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    for (const writer of [storage, other]) {
      const follower = follow(storage)
      await follower.next()
      const found = untilSomething(storage, follower)
      await grow(writer, 'a:1')
      assert.equal((await within(NOTICED, 'noticing a commit', found)).length, 1)
    }
  },

  'changed of one range resolves for each commit in it, also after commits elsewhere': async ({ open, reopen }) => {
    const storage = await open()
    const writers = [storage, await reopen(storage)]
    const ranges = await storage.feed.ranges()
    const streamIds = await Promise.all(ranges.map((range) => streamIn(storage, range)))
    for (const [turn, range] of [...ranges, ...ranges].entries()) {
      const at = turn % ranges.length
      let from: FeedStart = (await storage.feed.read(range, 'now')).continuation
      const controller = new AbortController()
      const found = (async () => {
        for (;;) {
          const changed = storage.feed.changed(controller.signal, range)
          const page = await storage.feed.read(range, from)
          from = page.continuation
          if (page.events.length > 0) return page.events.map(({ event }) => event.stream.id)
          await changed
        }
      })()
      const writer = writers[turn % 2] as StoragePort
      for (const id of streamIds.toSpliced(at, 1)) await grow(writer, id)
      await grow(writer, streamIds[at] as string)
      assert.deepEqual(await within(NOTICED, 'noticing a commit in a range', found), [streamIds[at]])
      controller.abort()
    }
  },

  'changed resolves on abort, without an error': async ({ open }) => {
    const storage = await open()
    for (const range of [undefined, ...(await storage.feed.ranges())]) {
      await within(NOTICED, 'an aborted wait', storage.feed.changed(AbortSignal.abort(), range))
      const controller = new AbortController()
      const waiting = storage.feed.changed(controller.signal, range)
      controller.abort()
      await within(NOTICED, 'a wait that is aborted', waiting)
    }
  },

  'lag counts what comes after a continuation': async ({ open }) => {
    const clock = manualClock()
    const storage = await open({ clock })
    for (const _ of numbers(1, 10)) {
      clock.advance(1000)
      await grow(storage, 'a:1', 2)
    }
    const { range } = (await wholeFeed(storage))[0] as FeedEvent
    const { events: first, continuation } = await storage.feed.read(range, 'start', { limit: 7 })
    const next = (await storage.feed.read(range, continuation)).events[0]
    /** A replica may be behind, unless it is asked for what another one showed. */
    const lagOnceIs = async (events: number, from: FeedStart) => {
      let lag = await storage.feed.lag(range, from)
      for (let left = 100; left > 0 && lag.events !== events; left--) {
        await turn()
        lag = await storage.feed.lag(range, from)
      }
      assert.equal(lag.events, events)
      return lag
    }
    const { head: atLeast } = await lagOnceIs(20, 'start')
    const behind = await storage.feed.lag(range, continuation, { atLeast })
    assert.deepEqual([behind.events, behind.oldest], [20 - first.length, next?.event.metadata.recordedAt])
    const none = await storage.feed.lag(range, 'now', { atLeast })
    assert.deepEqual([none.events, none.oldest, none.head], [0, null, behind.head])
    await deleteWhole(storage, 'a:1')
    // Erased events are not waited for.
    await lagOnceIs(1, continuation)
  },

  'lag counts no placeholders, and reflects at least the state that was seen': async ({ open, reopen }) => {
    const storage = await open()
    const copied = { recordedAt: new Date(0) }
    await storage.events.append('a:1', [event('x')], { expectedVersion: 0, ...copied })
    await storage.events.append('a:1', [event('y', {}, HUSK), event('z', {}, HUSK)], { expectedVersion: 1, ...copied })
    const range = await rangeOfStream(storage, 'a:1')
    const { head, events } = await storage.feed.lag(range, 'start')
    assert.equal(events, 1)
    const seen = await (await reopen(storage)).feed.lag(range, 'start', { atLeast: head })
    assert.deepEqual([seen.events, seen.head], [1, head])
  },

  'an invalid continuation of this range is InvalidContinuation': async ({ open, ranges }) => {
    const storage = await open()
    await grow(storage, 'a:1')
    const all = await storage.feed.ranges()
    for (const range of all) {
      for (const bad of ['', 'x', '7', '{}', 'bm90IG9uZQ', 'null', '[]', 'Start', "' OR 1=1 --"]) {
        await rejectsWith('InvalidContinuation', () => storage.feed.read(range, bad), `read from ${bad}`)
        await rejectsWith('InvalidContinuation', () => storage.feed.lag(range, bad), `lag from ${bad}`)
      }
    }
    const [one, two] = all
    if (ranges < 2 || !one || !two) return
    const { continuation } = await storage.feed.read(one, 'start')
    await rejectsWith('InvalidContinuation', () => storage.feed.read(two, continuation), 'of another range')
  },

  'a range that no longer exists is FeedRangeGone': async ({ open }) => {
    const storage = await open()
    const wider = { min: '', max: 'FFFF' }
    const error = await rejectsWith('FeedRangeGone', () => storage.feed.read(wider, 'start'))
    assert.deepEqual([error.min, error.max], [wider.min, wider.max])
    await rejectsWith('FeedRangeGone', () => storage.feed.lag(wider, 'start'))
    const whole = { min: '', max: 'FF' }
    const ranges = await storage.feed.ranges()
    if (ranges.length > 1) await rejectsWith('FeedRangeGone', () => storage.feed.read(whole, 'start'))
    else assert.deepEqual(ranges, [whole])
  },

  // A continuation may name its log, and then the mismatch is reported; otherwise the position past the end is.
  'a continuation ahead of the log is TidemarkAheadOfLog or IncarnationMismatch': async ({ open }) => {
    const older = await open()
    const newer = await open()
    for (const i of numbers(1, 60)) await grow(newer, `a:${i}`)
    await grow(older, 'a:1')
    for (const range of await newer.feed.ranges()) {
      const continuation = (await pagesOf(newer, range)).at(-1)?.continuation ?? ''
      await rejectsWith(['TidemarkAheadOfLog', 'IncarnationMismatch'], () => older.feed.read(range, continuation))
      await rejectsWith(['TidemarkAheadOfLog', 'IncarnationMismatch'], () => older.feed.lag(range, continuation))
    }
  },

  "an aborted signal ends a read with the signal's reason": async ({ open }) => {
    const storage = await open()
    const [range] = await storage.feed.ranges()
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await assert.rejects(async () => range && storage.feed.read(range, 'start', { signal }), reason)
  },
})

/** A stream in a range, with an event. */
async function streamIn(storage: StoragePort, range: FeedRange): Promise<string> {
  for (let i = 0; i < ENOUGH; i++) {
    const id = `in-${range.min}:${i}`
    await grow(storage, id)
    if (sameInterval(await rangeOfStream(storage, id), range)) return id
  }
  assert.fail(`no stream was found in the range from ${range.min}`)
}

/** Waits for changes, reading after each, as a processor does, until the feed returns something. */
async function untilSomething(storage: StoragePort, follower: ReturnType<typeof follow>): Promise<FeedEvent[]> {
  for (;;) {
    const controller = new AbortController()
    const changed = storage.feed.changed(controller.signal)
    const found = await follower.next()
    if (found.length > 0) {
      controller.abort()
      await changed
      return found
    }
    await changed
  }
}
