import assert from 'node:assert/strict'
import type { FeedEvent, FeedPage } from '../../../core/port/change-feed.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import { manualClock } from '../../manual-clock.ts'
import { casesOf } from '../case.ts'
import { collect, events, grow, numbers } from '../support/events.ts'
import { follow, pagesOf, wholeFeed } from '../support/feed.ts'

/** What the change feed returns, and in which order. */
export const changeFeed = casesOf('change feed', {
  'its ranges cover the hash space without a gap or an overlap': async ({ open, ranges }) => {
    const storage = await open()
    const found = (await storage.feed.ranges()).toSorted((a, b) => (a.min < b.min ? -1 : 1))
    assert.equal(found.length, ranges)
    assert.deepEqual([found[0]?.min, found.at(-1)?.max], ['', 'FF'])
    for (const [i, { min, max }] of found.entries()) {
      assert.ok(min < max, `[${min}, ${max})`)
      if (i > 0) assert.equal(min, found[i - 1]?.max)
    }
  },

  'a straight read returns every event exactly once, at its position': async ({ open, ranges }) => {
    const storage = await open()
    const written = await scatter(storage)
    const used = new Set<string>()
    const seen: string[] = []
    for (const range of await storage.feed.ranges()) {
      const found = (await pagesOf(storage, range, 'start', 7)).flatMap((page) => page.events)
      for (const { event, position, range: of } of found) {
        seen.push(event.id)
        used.add(of.min)
        assert.deepEqual(of, range, 'the range of the page')
        assert.ok(position.hash >= range.min && position.hash < range.max, `${position.hash} lies in its range`)
        assert.match(position.hash, /^[0-9A-F]+$/)
        assert.ok(Number.isSafeInteger(position.lsn) && position.lsn > 0, `LSN ${position.lsn}`)
        assert.equal(position.version, event.stream.version)
      }
      assertInOrder(found)
    }
    assert.deepEqual(seen.toSorted(), written.toSorted())
    assert.equal(used.size, ranges, 'streams are spread over all ranges')
  },

  'one stream has one hash, and another stream another': async ({ open }) => {
    const storage = await open()
    await scatter(storage)
    const hashes = new Map<string, Set<string>>()
    for (const { event, position } of await wholeFeed(storage)) {
      hashes.set(event.stream.id, (hashes.get(event.stream.id) ?? new Set()).add(position.hash))
    }
    assert.ok([...hashes.values()].every((of) => of.size === 1))
    assert.equal(new Set([...hashes.values()].flatMap((of) => [...of])).size, hashes.size)
  },

  'an append is never split, and a page is longer than the limit by at most the last append': async ({ open }) => {
    const storage = await open()
    await scatter(storage)
    const appends = new Map<string, number>()
    for (const { appendId } of await wholeFeed(storage)) appends.set(appendId, (appends.get(appendId) ?? 0) + 1)
    for (const limit of [1, 2, 3, 10]) {
      for (const range of await storage.feed.ranges()) {
        for (const { events: page, caughtUp } of await pagesOf(storage, range, 'start', limit)) {
          const inPage = Map.groupBy(page, ({ appendId }) => appendId)
          for (const [id, part] of inPage) assert.equal(part.length, appends.get(id), `limit ${limit}: whole append`)
          const last = page.at(-1)
          const before = page.filter(({ appendId }) => appendId !== last?.appendId)
          assert.ok(before.length < limit, `limit ${limit}: ${before.length} events come before the last append`)
          assert.ok(caughtUp || page.length >= 1, 'a page that is not the last contains something')
        }
      }
    }
  },

  'append ids distinguish one append from its neighbours': async ({ open }) => {
    const storage = await open()
    const sizes = [1, 3, 1, 2, 5]
    for (const size of sizes) await storage.events.append('a:1', events(size), { expectedVersion: 'any' })
    const runs: number[] = []
    let before: string | undefined
    for (const { appendId } of await wholeFeed(storage)) {
      if (appendId === before) runs[runs.length - 1] = (runs.at(-1) as number) + 1
      else runs.push(1)
      before = appendId
    }
    assert.deepEqual(runs, sizes)
  },

  'reading resumes from any continuation, on another handle too, with the same rest': async ({ open, reopen }) => {
    const storage = await open()
    await scatter(storage)
    const other = await reopen(storage)
    for (const range of await storage.feed.ranges()) {
      const pages = await pagesOf(storage, range, 'start', 3)
      const all = pages.flatMap((page) => page.events)
      let given = 0
      for (const { events: page, continuation } of pages) {
        given += page.length
        assert.ok(!['start', 'now'].includes(continuation))
        for (const port of [storage, other]) {
          const rest = (await pagesOf(port, range, continuation, 50)).flatMap(({ events: more }) => more)
          assert.deepEqual(rest, all.slice(given))
        }
      }
    }
  },

  'a continuation from the end returns later events, and stays valid': async ({ open }) => {
    const storage = await open()
    const follower = follow(storage)
    for (let round = 1; round <= 5; round++) {
      await grow(storage, 'a:1', round)
      assert.equal((await follower.next()).length, round)
      assert.deepEqual(await follower.next(), [])
    }
  },

  "'now' begins past the last event": async ({ open }) => {
    const storage = await open()
    await scatter(storage)
    const ranges = await storage.feed.ranges()
    const pages = await Promise.all(ranges.map((range) => storage.feed.read(range, 'now')))
    assert.deepEqual(
      pages.map((page) => [page.events.length, page.caughtUp]),
      ranges.map(() => [0, true]),
    )
    const { events: late } = (await grow(storage, 'a:late', 2)) && (await storage.events.load('a:late'))
    const found: FeedEvent[] = []
    for (const [i, range] of ranges.entries()) {
      const { events: more } = await storage.feed.read(range, (pages[i] as FeedPage).continuation)
      found.push(...more)
    }
    assert.deepEqual(
      found.map(({ event }) => event),
      late,
    )
  },

  'a date begins at the first event recorded then or later': async ({ open }) => {
    const clock = manualClock()
    const storage = await open({ clock })
    const written: { id: string; at: number }[] = []
    for (const i of numbers(0, 59)) {
      clock.advance(60_000)
      const id = `d:${i % 20}`
      const { version } = await grow(storage, id)
      written.push({ id: `${id}:${version}`, at: clock.now() })
    }
    for (const from of [written[0], written[30], written[59]].map((one) => one?.at as number)) {
      const seen: string[] = []
      for (const range of await storage.feed.ranges()) {
        const pages = await pagesOf(storage, range, new Date(from), 4)
        seen.push(...pages.flatMap((page) => page.events.map(({ event }) => event.id)))
      }
      assert.deepEqual(
        seen.toSorted(),
        written
          .filter(({ at }) => at >= from)
          .map(({ id }) => id)
          .toSorted(),
      )
    }
    for (const range of await storage.feed.ranges()) {
      const page = await storage.feed.read(range, new Date(clock.now() + 1))
      assert.deepEqual([page.events, page.caughtUp], [[], true], 'a date after the last event')
    }
  },

  'a date misses no event that was recorded then or later, although clocks were set back': async ({ open }) => {
    const clock = manualClock()
    const storage = await open({ clock })
    const written: { id: string; at: number }[] = []
    for (const i of numbers(0, 59)) {
      // Each stream is new, because times do not decrease within one.
      clock.advance(i % 3 === 0 ? 600_000 : -240_000)
      await grow(storage, `d:${i}`)
      written.push({ id: `d:${i}:1`, at: clock.now() })
    }
    for (const from of written.map(({ at }) => at)) {
      const seen = new Set<string>()
      for (const range of await storage.feed.ranges()) {
        const pages = await pagesOf(storage, range, new Date(from))
        for (const { event } of pages.flatMap((page) => page.events)) seen.add(event.id)
      }
      const missed = written.filter(({ id, at }) => at >= from && !seen.has(id))
      assert.deepEqual(missed, [], `from ${new Date(from).toISOString()}`)
    }
  },

  'caughtUp and readTo say how far a page reaches': async ({ open }) => {
    const storage = await open()
    await scatter(storage)
    for (const range of await storage.feed.ranges()) {
      const { head } = await storage.feed.lag(range, 'start')
      let before = 0
      const pages = await pagesOf(storage, range, 'start', 3)
      for (const [i, { events: page, caughtUp, readTo, behind = caughtUp ? 0 : 1 }] of pages.entries()) {
        assert.equal(caughtUp, i === pages.length - 1)
        assert.equal(behind === 0, caughtUp, 'nothing is behind the last page, and something behind each other one')
        assert.ok(readTo >= (page.at(-1)?.position.lsn ?? before), 'readTo is not behind the returned events')
        const next = pages[i + 1]?.events[0]
        if (next) assert.ok(readTo < next.position.lsn, 'readTo is before the events that were not returned')
        before = readTo
      }
      assert.equal(before, head, 'the last page reads to the head')
      const again = await storage.feed.read(range, pages.at(-1)?.continuation ?? 'start')
      assert.deepEqual([again.events, again.caughtUp, again.readTo], [[], true, head])
    }
  },

  'an empty range is caught up at once': async ({ open }) => {
    const storage = await open()
    for (const range of await storage.feed.ranges()) {
      const { events: none, caughtUp, continuation } = await storage.feed.read(range, 'start')
      assert.deepEqual([none, caughtUp], [[], true])
      assert.equal((await storage.feed.read(range, continuation)).caughtUp, true)
    }
  },

  'it returns each event as reading its stream does': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 5)
    assert.deepEqual(
      (await wholeFeed(storage)).map(({ event }) => event),
      await collect(storage.events.read('a:1')),
    )
  },
})

/** Appends of 1 to 4 events to 40 streams, interleaved; returns the ids of the events' documents. */
async function scatter(storage: StoragePort): Promise<string[]> {
  const written: string[] = []
  for (const i of numbers(0, 119)) {
    const streamId = `s:${(i * 17) % 40}`
    const size = 1 + (i % 4)
    const { version } = await grow(storage, streamId, size)
    written.push(...numbers(version - size + 1, version).map((n) => `${streamId}:${n}`))
  }
  return written
}

function assertInOrder(found: readonly FeedEvent[]): void {
  const versions = new Map<string, number>()
  for (const [i, { event, position }] of found.entries()) {
    const before = found[i - 1]?.position
    if (before) assert.ok(comparePositions(before, position) < 0, 'positions grow')
    assert.equal(event.stream.version, (versions.get(event.stream.id) ?? 0) + 1, `versions of ${event.stream.id}`)
    versions.set(event.stream.id, event.stream.version)
  }
}
