import { describe, expect, it } from 'vitest'
import { FeedRangeGone } from '../../../src/core/errors/feed.ts'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import { type MemoryStorage, openMemory } from '../../../src/testing/memory/index.ts'

const append = (db: MemoryStorage, streamId: string, ids: readonly string[]) =>
  db.events.append(
    streamId,
    ids.map((eventId) => ({ eventType: 'Noted', eventData: {}, metadata: { eventId } })),
    { expectedVersion: 'any' },
  )

async function idsOf(db: MemoryStorage, range: FeedRange, from = 'start'): Promise<string[]> {
  const { events } = await db.feed.read(range, from)
  return events.map(({ event, position }) => `${event.metadata.eventId}@${position.lsn}`)
}

/** Streams on either side of a hash: in memory, hashes run from 00 to 3F. */
async function sides(db: MemoryStorage, hash: string): Promise<{ low: string; high: string }> {
  const place = async (id: string) => {
    const { position } = await append(db, id, [`first of ${id}`])
    return (await db.events.locate(position))[0]?.hash ?? ''
  }
  let [low, high]: (string | undefined)[] = []
  for (let i = 0; low === undefined || high === undefined; i++) {
    if ((await place(`s:${i}`)) < hash) low ??= `s:${i}`
    else high ??= `s:${i}`
  }
  return { low, high }
}

describe('partitions in memory', () => {
  it('cut a feed range with them, whose parts go on where it was', async () => {
    await using db = openMemory()
    const { low, high } = await sides(db, '20')
    const whole = { min: '', max: 'FF' }
    const { continuation } = await db.feed.read(whole, 'start')
    await append(db, low, ['a'])
    await append(db, high, ['b'])
    db.split('20')
    const [left, right] = await db.feed.ranges()
    expect([left, right]).toEqual([
      { min: '', max: '20' },
      { min: '20', max: 'FF' },
    ])
    await expect(db.feed.read(whole, continuation)).rejects.toThrow(FeedRangeGone)
    await append(db, high, ['c'])
    const before = (await db.feed.lag({ min: '', max: '20' }, continuation)).head
    expect(await idsOf(db, { min: '', max: '20' }, continuation)).toEqual([`a@${before - 1}`])
    expect(await idsOf(db, { min: '20', max: 'FF' }, continuation)).toEqual([`b@${before}`, `c@${before + 1}`])
  })

  it('that are merged leave the feed ranges, and share a counter that never goes back in either', async () => {
    await using db = openMemory()
    const { low, high } = await sides(db, '20')
    db.split('20')
    const [left, right] = (await db.feed.ranges()) as [FeedRange, FeedRange]
    for (const id of ['a', 'b', 'c']) await append(db, low, [id])
    await append(db, high, ['d'])
    const from = (await db.feed.read(right, 'start')).continuation
    const head = (await db.feed.lag(left, 'start')).head
    db.merge('20')
    expect(await db.feed.ranges()).toEqual([left, right])
    await expect(db.feed.read({ min: '', max: 'FF' }, 'start')).rejects.toThrow(FeedRangeGone)
    await append(db, high, ['e'])
    await append(db, low, ['f'])
    expect(await idsOf(db, right, from)).toEqual([`e@${head + 1}`])
    expect((await idsOf(db, left)).at(-1)).toBe(`f@${head + 2}`)
  })

  it('that were merged before anybody looked hold appends that share an LSN, which no page cuts apart', async () => {
    await using db = openMemory({ ranges: 2 })
    const { low, high } = await sides(db, '20000000')
    for (const id of ['a', 'b', 'c', 'd']) await append(db, low, [id, `${id}'`])
    for (const id of ['e', 'f', 'g', 'h']) await append(db, high, [id])
    db.merge('20000000')
    const whole = { min: '', max: 'FF' }
    db.state.ranges = [whole]
    const seen: string[] = []
    const lsns: number[][] = []
    for (let from = 'start', caughtUp = false; !caughtUp; ) {
      const page = await db.feed.read(whole, from, { limit: 1 })
      seen.push(...page.events.map(({ event }) => event.metadata.eventId))
      lsns.push([...new Set(page.events.map(({ position }) => position.lsn))])
      ;({ continuation: from, caughtUp } = page)
    }
    expect(seen).toHaveLength(new Set(seen).size)
    expect(seen).toEqual(expect.arrayContaining(["a'", 'd', 'e', 'h']))
    expect(lsns.flat()).toEqual([...new Set(lsns.flat())])
    expect(lsns.flat()).toEqual(lsns.flat().toSorted((a, b) => a - b))
    const { events } = await db.feed.read(whole, 'start')
    const shared = Map.groupBy(events, ({ position }) => position.lsn)
    expect([...shared.values()].some((group) => new Set(group.map(({ event }) => event.stream.id)).size > 1)).toBe(true)
  })
})
