import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedPort, openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { cutRange } from '../../../../../src/adapters/embedded/slots/cut-range.ts'
import { uuidV7 } from '../../../../../src/core/append/uuid.ts'
import { FeedRangeGone, TidemarkAheadOfLog } from '../../../../../src/core/errors/feed.ts'
import { InvalidContinuation } from '../../../../../src/core/errors/input.ts'
import type { FeedRange, FeedStart } from '../../../../../src/core/port/change-feed.ts'
import { containsHash, containsInterval } from '../../../../../src/core/positions/hash-interval.ts'

const whole: FeedRange = { min: '', max: 'FF' }
const low: FeedRange = { min: '', max: '40' }
const high: FeedRange = { min: '40', max: 'FF' }

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-cut-'))
  folders.push(folder)
  return folder
}

/** Appends so many events to a stream, and answers the hash that it lies at. */
async function append(port: EmbeddedPort, streamId: string, count = 1): Promise<string> {
  const news = Array.from({ length: count }, () => ({
    eventType: 'Noted',
    eventData: {},
    metadata: { eventId: uuidV7() },
  }))
  const { position } = await port.events.append(streamId, news, { expectedVersion: 'any' })
  return (await port.events.locate(position))[0]?.hash as string
}

/** A stream that lies in a range, with one event. */
async function streamIn(port: EmbeddedPort, range: FeedRange): Promise<string> {
  for (let i = 0; ; i++) {
    const id = `s:${range.min}-${range.max}-${i}`
    if (containsHash(range, await append(port, id))) return id
  }
}

async function read(port: EmbeddedPort, range: FeedRange, from: FeedStart, limit = 1000) {
  const { events, ...page } = await port.feed.read(range, from, { limit })
  return { ...page, events: events.map(({ event, position }) => `${event.stream.id}@${position.version}`) }
}

describe('a folder whose range is cut', () => {
  it('has the parts, which go on where the whole was, and the whole no longer', async () => {
    await using port = await openEmbeddedPort(await newFolder(), { ranges: 1 })
    const folder = folders.at(-1) as string
    const [a, b] = [await streamIn(port, low), await streamIn(port, high)]
    const { continuation, readTo } = await read(port, whole, 'start')
    await append(port, a, 2)
    await append(port, b, 3)
    await append(port, a)
    cutRange(folder, '40')
    expect(await port.feed.ranges()).toEqual([low, high])
    await expect(port.feed.read(whole, continuation)).rejects.toThrow(FeedRangeGone)
    await expect(port.feed.lag(whole, continuation)).rejects.toThrow(FeedRangeGone)

    const head = readTo + 6
    const ofLow = await read(port, low, continuation)
    const ofHigh = await read(port, high, continuation)
    expect(ofLow).toMatchObject({ events: [`${a}@2`, `${a}@3`, `${a}@4`], caughtUp: true, readTo: head })
    expect(ofHigh).toMatchObject({ events: [`${b}@2`, `${b}@3`, `${b}@4`], caughtUp: true, readTo: head })
    await expect(port.feed.read(low, ofHigh.continuation)).rejects.toThrow(InvalidContinuation)

    // The slot goes on counting for both.
    await append(port, b)
    await append(port, a)
    const { events } = await port.feed.read(low, ofLow.continuation)
    expect(events.map(({ position, range }) => [position.lsn, range])).toEqual([[head + 2, low]])
    expect((await read(port, high, ofHigh.continuation)).events).toEqual([`${b}@5`])
    await expect(port.feed.read(low, `${head + 3}@-40`)).rejects.toThrow(TidemarkAheadOfLog)
  })

  it('counts how far each part is behind', async () => {
    await using port = await openEmbeddedPort(await newFolder(), { ranges: 1 })
    const [a, b] = [await streamIn(port, low), await streamIn(port, high)]
    const { continuation, readTo } = await read(port, whole, 'start')
    cutRange(folders.at(-1) as string, '40')
    await append(port, b, 3)
    const head = readTo + 3
    expect(await port.feed.lag(low, continuation)).toEqual({ events: 0, oldest: null, head })
    const { events } = await port.feed.read(high, continuation)
    const oldest = events[0]?.event.metadata.recordedAt as string
    expect(await port.feed.lag(high, continuation)).toEqual({ events: 3, oldest, head })
    await append(port, a, 2)
    expect(await port.feed.lag(low, continuation)).toMatchObject({ events: 2, head: head + 2 })
    expect(await port.feed.lag(low, 'now')).toEqual({ events: 0, oldest: null, head: head + 2 })
  })

  it('tells whoever waits, and whoever opens it later', async () => {
    const folder = await newFolder()
    await using port = await openEmbeddedPort(folder, { ranges: 2 })
    await using other = await openEmbeddedPort(folder)
    const slots = [
      { min: '', max: '40000000' },
      { min: '40000000', max: 'FF' },
    ]
    expect(await other.feed.ranges()).toEqual(slots)
    const end = new AbortController()
    const told = other.feed.changed(end.signal).then(() => 'told')
    cutRange(folder, '60')
    expect(await Promise.race([told, new Promise((resolve) => setTimeout(() => resolve('not told'), 5000))])).toBe(
      'told',
    )
    end.abort()
    const parts = [slots[0], { min: '40000000', max: '60' }, { min: '60', max: 'FF' }]
    for (const each of [port, other]) expect(await each.feed.ranges()).toEqual(parts)
    await expect(other.feed.read(slots[1] as FeedRange, 'start')).rejects.toThrow(FeedRangeGone)
    // How many it was made with stays what it is opened with.
    await using later = await openEmbeddedPort(folder, { ranges: 2 })
    expect(await later.feed.ranges()).toEqual(parts)
    // Where a range begins nothing is left to cut.
    for (const hash of ['60', '40000000', '', 'FF']) cutRange(folder, hash)
    expect(await later.feed.ranges()).toEqual(parts)
    // And again, for those who have seen it cut once.
    cutRange(folder, '50')
    const finer = parts.toSpliced(1, 1, { min: '40000000', max: '50' }, { min: '50', max: '60' })
    for (const each of [port, other, later]) expect(await each.feed.ranges()).toEqual(finer)
  })

  it('is copied as it is cut', async () => {
    const folder = await newFolder()
    await using port = await openEmbeddedPort(folder, { ranges: 1 })
    await append(port, 's:1')
    cutRange(folder, '40')
    const target = await newFolder()
    await port.backup(target)
    await using copy = await openEmbeddedPort(target)
    expect(await copy.feed.ranges()).toEqual([low, high])
  })

  it('gives each event once, in order, to who goes on from page to page, wherever and whenever it is cut', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ append: fc.integer({ min: 0, max: 11 }), count: fc.integer({ min: 1, max: 4 }) }),
      },
      { weight: 3, arbitrary: fc.record({ read: fc.nat(7), limit: fc.integer({ min: 1, max: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ cut: fc.integer({ min: 0, max: 0x7f }) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 3), fc.array(step, { maxLength: 40 }), async (slots, steps) => {
        const folder = await newFolder()
        await using port = await openEmbeddedPort(folder, { ranges: slots })
        let places = (await port.feed.ranges()).map((range) => ({ range, from: 'start' }))
        const seen = new Map<string, number[]>()
        const lengths = new Map<string, number>()

        async function readOn(at: number, limit: number): Promise<boolean> {
          const ranges = await port.feed.ranges()
          places = ranges.map((range) => {
            const { from } = places.find((place) => containsInterval(place.range, range)) as (typeof places)[0]
            return { range, from }
          })
          const place = places[at % places.length] as (typeof places)[0]
          const behind = await port.feed.lag(place.range, place.from)
          const page = await port.feed.read(place.range, place.from, { limit })
          for (const { event, range, position } of page.events) {
            expect(range).toEqual(place.range)
            expect(containsHash(range, position.hash)).toBe(true)
            seen.set(event.stream.id, [...(seen.get(event.stream.id) ?? []), event.stream.version])
          }
          const left = await port.feed.lag(place.range, page.continuation)
          expect(left.events).toBe(behind.events - page.events.length)
          place.from = page.continuation
          return page.caughtUp
        }

        for (const each of steps) {
          if ('append' in each) {
            const id = `s:${each.append}`
            await append(port, id, each.count)
            lengths.set(id, (lengths.get(id) ?? 0) + each.count)
          } else if ('cut' in each) {
            cutRange(folder, each.cut.toString(16).toUpperCase().padStart(2, '0'))
          } else {
            await readOn(each.read, each.limit)
          }
        }
        const count = (await port.feed.ranges()).length
        for (let at = 0; at < count; at++) while (!(await readOn(at, 3)));
        const expected = [...lengths].map(([id, length]) => [id, Array.from({ length }, (_, i) => i + 1)] as const)
        expect(seen).toEqual(new Map(expected))
      }),
      { numRuns: 20 },
    )
  })
})
