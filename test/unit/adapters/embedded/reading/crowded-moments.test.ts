import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareCodePoints, mergeRuns } from '../../../../../src/adapters/embedded/query/merge-by-time.ts'
import { uuidV7 } from '../../../../../src/core/append/uuid.ts'
import type { EventDocument } from '../../../../../src/core/port/event-document.ts'
import type { EventQuery } from '../../../../../src/core/port/event-log.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { open } from '../../../../support/embedded/folders.ts'

const START = Date.UTC(2026, 0, 1)
const TYPES = ['A', 'B', 'Cc']
const STREAMS = ['b:1', 'a:2', 'a:10', 'a:\uffee', 'a:😀', 'B:1', 'a:1', 'ab:1', 'a:ä']

const append = (storage: StoragePort, streamId: string, types: readonly string[], time: number, n = 0) =>
  storage.events.append(
    streamId,
    types.map((eventType, i) => ({ eventType, eventData: { n: (n + i) % 7 }, metadata: { eventId: uuidV7() } })),
    { expectedVersion: 'any', recordedAt: new Date(START + time) },
  )

const idOf = ({ id }: EventDocument) => id

/** What a query must answer, by sorting all events. */
function answerOf(all: readonly EventDocument[], query: EventQuery): string[] {
  const { types, category, recorded, where, limit } = query
  const timeOf = ({ metadata }: EventDocument) => Date.parse(metadata.recordedAt)
  return all
    .filter((event) => types === undefined || types.includes(event.eventType))
    .filter(({ stream }) => category === undefined || stream.id.startsWith(`${category}:`))
    .filter((event) => timeOf(event) >= (recorded?.from?.getTime() ?? -Infinity))
    .filter((event) => timeOf(event) < (recorded?.to?.getTime() ?? Infinity))
    .filter(({ eventData }) => where === undefined || eventData.n === where.n)
    .sort(
      (a, b) =>
        timeOf(a) - timeOf(b) ||
        Buffer.compare(Buffer.from(a.stream.id), Buffer.from(b.stream.id)) ||
        a.stream.version - b.stream.version,
    )
    .slice(0, limit)
    .map(idOf)
}

const queries: fc.Arbitrary<EventQuery> = fc.record(
  {
    types: fc.subarray([...TYPES, 'None']),
    category: fc.constantFrom('a', 'b', 'B', 'none'),
    recorded: fc.record({ from: time(), to: time() }, { requiredKeys: [] }),
    where: fc.record({ n: fc.nat(8) }),
    limit: fc.constantFrom(1, 10, 499, 500, 501, 2000),
  },
  { requiredKeys: [] },
)

function time(): fc.Arbitrary<Date> {
  return fc.nat(4).map((milliseconds) => new Date(START + milliseconds))
}

const appends = fc.record({
  stream: fc.constantFrom(...STREAMS),
  time: fc.nat(2),
  types: fc.array(fc.constantFrom(...TYPES, 'A', 'A'), { minLength: 1, maxLength: 40, size: 'max' }),
  times: fc.nat(20),
})

const crowd = { stream: 'a:1', time: 0, types: Array.from({ length: 40 }, () => 'A'), times: 20 }

// Most logs begin with a crowd, and the others have one where chance makes it.
const logs = fc
  .tuple(fc.constantFrom(true, true, true, false), fc.array(appends, { maxLength: 25, size: 'max' }))
  .map(([isCrowded, log]) => (isCrowded ? [crowd, ...log] : log))

describe('a query over few milliseconds with many events', () => {
  it('answers as a plain sort does', async () => {
    let crowded = 0
    await fc.assert(
      fc.asyncProperty(logs, fc.array(queries, { minLength: 5, maxLength: 5 }), async (log, asked) => {
        const storage = await open()
        for (const { stream, time, types, times } of log) {
          const many = Array.from({ length: times }, () => types).flat()
          await append(storage, stream, many.length > 0 ? many : types, time)
        }
        const all: EventDocument[] = []
        for (const id of STREAMS) all.push(...(await storage.events.load(id)).events)
        const sizes = Map.groupBy(all, ({ metadata, eventType }) => metadata.recordedAt + eventType).values()
        if ([...sizes].some((events) => events.length > 500)) crowded++
        for (const query of asked) {
          expect((await Array.fromAsync(storage.events.query(query))).map(idOf)).toEqual(answerOf(all, query))
        }
        await storage.close()
      }),
      { numRuns: 15 },
    )
    expect(crowded).toBeGreaterThan(3)
  }, 60_000)

  it('leaves out streams that are deleted', async () => {
    const storage = await open()
    for (const id of ['a:1', 'a:2', 'a:3']) await append(storage, id, Array(400).fill('A'), 0)
    await storage.events.tombstone('a:2', { metadata: { eventId: uuidV7() } }, { expectedVersion: 'any' })
    const found = await Array.fromAsync(storage.events.query({}))
    expect(new Set(found.map(({ stream }) => stream.id))).toEqual(new Set(['a:1', 'a:3']))
    expect(found).toHaveLength(800)
  })

  it('lets the event loop turn, and heeds an abort, before the first answer', async () => {
    const storage = await open()
    for (let i = 0; i < 40; i++) await append(storage, `a:${i % 8}`, Array(1000).fill('A'), 0)
    let [longest, last, running] = [0, performance.now(), true]
    const tick = () => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      if (running) setImmediate(tick)
    }
    const began = performance.now()
    setImmediate(tick)
    expect(await Array.fromAsync(storage.events.query({ limit: 1 }))).toHaveLength(1)
    running = false
    expect(longest).toBeLessThan((performance.now() - began) / 2)

    const controller = new AbortController()
    const asked = Array.fromAsync(storage.events.query({ limit: 1, signal: controller.signal }))
    setImmediate(() => controller.abort(new Error('enough')))
    await expect(asked).rejects.toThrow('enough')
  })
})

describe('merging runs of names', () => {
  const names = fc.array(fc.string({ unit: 'binary', maxLength: 4 }))
  const sorted = (all: readonly string[]) => all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

  it('keeps the order of code points', () => {
    fc.assert(
      fc.property(fc.array(names), (runs) => {
        const merged = [...mergeRuns(runs.map((run) => sorted(run).map((name) => ({ name }))))]
        expect(merged.map(({ name }) => name)).toEqual(sorted(runs.flat()))
      }),
    )
  })

  it('compares as the bytes of UTF-8 do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })
})
