import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Continuation, FeedEvent, FeedPage, FeedRange } from '../../../src/core/port/change-feed.ts'
import { TOMBSTONE } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { comparePositions } from '../../../src/core/positions/position.ts'
import { pagesOf } from '../../../src/testing/conformance/support/feed.ts'
import type { Done, Record } from './random-work.ts'

/** Somebody who reads the feed page by page while others write. */
export type RandomReader = {
  /** Reads a page of each range. */
  read(): Promise<void>
  /** Reads what is left. */
  finish(): Promise<void>
  /** All pages, range by range, each range's in order. */
  readonly pages: readonly (readonly FeedPage[])[]
}

/** Begins to read the feed where it ends now. */
export async function randomReader(port: StoragePort, limit: number): Promise<RandomReader> {
  const ranges = await port.feed.ranges()
  const byRange = new Map<FeedRange, FeedPage[]>()
  for (const range of ranges) byRange.set(range, [await port.feed.read(range, 'now')])
  const placeOf = (of: readonly FeedPage[]): Continuation => (of.at(-1) as FeedPage).continuation
  return {
    pages: [...byRange.values()],
    async read() {
      for (const [range, own] of byRange) {
        own.push(await port.feed.read(range, placeOf(own), { limit }))
        await sleep(0)
      }
    },
    async finish() {
      for (const [range, own] of byRange) own.push(...(await pagesOf(port, range, placeOf(own), limit)))
    },
  }
}

/** Checks what one reader saw against what was done. */
export function checkPages(ofRanges: readonly (readonly FeedPage[])[], { done, ended, erased }: Record): FeedEvent[] {
  const seen: FeedEvent[] = []
  for (const pages of ofRanges) {
    checkOrder(pages)
    seen.push(...pages.flatMap(({ events }) => events))
  }
  const ids = seen.map(({ event }) => event.metadata.eventId)
  expect(new Set(ids).size, 'no event comes twice').toBe(ids.length)
  const ofStreams = Map.groupBy(seen, ({ event }) => event.stream.id)
  for (const [streamId, events] of ofStreams) {
    const versions = events.map(({ event }) => event.stream.version)
    expect(versions, 'in the order of versions').toEqual(versions.toSorted((a, b) => a - b))
    if (!erased.has(streamId)) expect(versions, 'without a gap').toEqual(versions.map((_, i) => i + 1))
    const end = events.findIndex(({ event }) => event.eventType === TOMBSTONE)
    if (end >= 0) expect([end, ended.has(streamId)]).toEqual([events.length - 1, true])
  }
  for (const append of done) if (!erased.has(append.streamId)) checkSeen(ofStreams.get(append.streamId) ?? [], append)
  return seen
}

function checkOrder(pages: readonly FeedPage[]): void {
  const appends = new Set<string>()
  let last: FeedEvent | undefined
  let readTo = 0
  for (const page of pages) {
    for (const event of page.events) {
      const { lsn } = event.position
      expect(lsn, 'nothing comes behind what was read').toBeGreaterThan(readTo)
      expect(lsn).toBeLessThanOrEqual(page.readTo)
      if (last) expect(comparePositions(last.position, event.position), 'in the order of positions').toBeLessThan(0)
      last = event
    }
    const own = new Set(page.events.map(({ appendId }) => appendId))
    for (const id of own) expect(appends, 'an append is never cut').not.toContain(id)
    for (const id of own) appends.add(id)
    expect(page.readTo).toBeGreaterThanOrEqual(readTo)
    readTo = page.readTo
  }
}

function checkSeen(events: readonly FeedEvent[], { ids, version }: Done): void {
  const own = events.slice(version - ids.length, version)
  expect(own.map(({ event }) => event.metadata.eventId)).toEqual(ids)
  expect(new Set(own.map(({ position }) => position.lsn)).size, 'one LSN an append').toBe(1)
}
