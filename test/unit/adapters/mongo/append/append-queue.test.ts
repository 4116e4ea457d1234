import fc from 'fast-check'
import { MongoErrorLabel, MongoNetworkError, MongoServerError } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { AppendQueue } from '../../../../../src/adapters/mongo/append/append-queue.ts'
import type { AppendItem } from '../../../../../src/adapters/mongo/append/items.ts'
import { StaleHeads, type WriteGroup } from '../../../../../src/adapters/mongo/append/pending-append.ts'
import { deadlineIn } from '../../../../../src/adapters/mongo/client/deadline.ts'
import { StorageBusy, StorageUnavailable } from '../../../../../src/core/errors/storage.ts'
import { placeOf } from '../../../../../src/core/positions/stream-slot.ts'

const item = (streamId: string, name: string): AppendItem => ({
  kind: 'append',
  streamId,
  place: placeOf(streamId, 1),
  expected: 'any',
  now: '2026-01-01T00:00:00.000Z',
  appendId: name,
  events: [],
  bytes: 100,
})

const conflict = () => {
  const error = new MongoServerError({ message: 'met', code: 112 })
  error.addErrorLabel(MongoErrorLabel.TransientTransactionError)
  return error
}
const refused = () => new MongoServerError({ message: 'no', code: 121 })
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A database in which some streams are held by others, and some appends are at fault. */
function database(held: ReadonlySet<string>, faulty: ReadonlySet<string> = new Set()) {
  const written = new Map<string, number>()
  const groups: string[][] = []
  const write: WriteGroup = async (items) => {
    groups.push(items.map(({ appendId }) => appendId))
    await turn()
    if (items.some(({ streamId }) => held.has(streamId))) throw conflict()
    if (items.some(({ appendId }) => faulty.has(appendId))) throw refused()
    return items.map(({ appendId }) => {
      written.set(appendId, (written.get(appendId) ?? 0) + 1)
      return { kind: 'appended', version: 1 }
    })
  }
  return { write, written, groups }
}

describe('AppendQueue', () => {
  it('gathers what waits while a group is under way', async () => {
    const { write, groups } = database(new Set())
    const appends = new AppendQueue(write)
    const first = appends.submit(item('a:0', 'first'), deadlineIn(1000))
    await turn()
    const others = Array.from({ length: 300 }, (_, i) => appends.submit(item(`a:${i}`, `n${i}`), deadlineIn(1000)))
    await Promise.all([first, ...others])
    expect(groups.map((group) => group.length)).toEqual([1, 256, 44])
  })

  it('bounds a group by its bytes, but takes one append whatever it weighs', async () => {
    const { write, groups } = database(new Set())
    const appends = new AppendQueue(write)
    const heavy = (name: string, bytes: number) => appends.submit({ ...item('a:1', name), bytes }, deadlineIn(1000))
    await Promise.all([heavy('a', 20_000_000), heavy('b', 8_000_000), heavy('c', 3_000_000), heavy('d', 3_000_000)])
    expect(groups).toEqual([['a'], ['b', 'c'], ['d']])
  })

  it('lets everybody go on but those who touch a stream that is held', async () => {
    const held = new Set(['a:7'])
    const { write } = database(held)
    const appends = new AppendQueue(write)
    const outcomes = new Map<number, string>()
    const all = Array.from({ length: 64 }, async (_, i) => {
      await appends.submit(item(`a:${i}`, `n${i}`), deadlineIn(20_000))
      outcomes.set(i, 'appended')
    })
    await Promise.all(all.filter((_, i) => i !== 7))
    expect(outcomes.size).toBe(63)
    // What comes for it later waits with it, and holds up nobody.
    const later = appends.submit(item('a:7', 'later'), deadlineIn(20_000))
    await appends.submit(item('a:8', 'other'), deadlineIn(1000))
    held.clear()
    await Promise.all([later, ...all])
    expect(outcomes.size).toBe(64)
  })

  it('gives up a stream that is held beyond the deadline with StorageBusy', async () => {
    const { write, written } = database(new Set(['a:1', 'a:2']))
    const appends = new AppendQueue(write)
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map((i) => appends.submit(item(`a:${i}`, `n${i}`), deadlineIn(i === 3 ? 5000 : 100))),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    for (const outcome of outcomes.slice(0, 2)) {
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StorageBusy)
    }
    expect([...written.keys()]).toEqual(['n3'])
  })

  it('fails an append that is at fault, and no other one, also of the same stream', async () => {
    const { write, written } = database(new Set(), new Set(['n3', 'n4', 'n40']))
    const appends = new AppendQueue(write)
    const all = Array.from({ length: 64 }, (_, i) => appends.submit(item(`a:${i % 5}`, `n${i}`), deadlineIn(5000)))
    const outcomes = await Promise.allSettled(all)
    const failed = outcomes.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))
    expect(failed).toEqual([3, 4, 40])
    expect(written.size).toBe(61)
    expect((outcomes[3] as PromiseRejectedResult).reason).toBeInstanceOf(StorageUnavailable)
  })

  it('lets everybody go on but those of a stream that never comes to fit', async () => {
    const { write } = database(new Set())
    const damaged: WriteGroup = async (items, how) => {
      if (!items.some(({ streamId }) => streamId === 'a:7')) return write(items, how)
      await turn()
      throw new MongoServerError({ message: 'there already', code: 11000 })
    }
    const appends = new AppendQueue(damaged)
    const all = Array.from({ length: 64 }, (_, i) => appends.submit(item(`a:${i}`, `n${i}`), deadlineIn(3000)))
    const seventh = expect(all[7]).rejects.toBeInstanceOf(StorageUnavailable)
    const begun = performance.now()
    await Promise.all(all.filter((_, i) => i !== 7))
    await appends.submit(item('b:1', 'later'), deadlineIn(1000))
    expect(performance.now() - begun).toBeLessThan(2500)
    await seventh
  })

  it('gets on with the rest while the time of one after the other is up', async () => {
    const appends = new AppendQueue(async (items, { deadline }) => {
      await deadline.bound(new Promise((resolve) => setTimeout(resolve, 40)))
      return items.map(() => ({ kind: 'appended', version: 1 }))
    })
    // As after an outage: each has a little more time left than the one before it.
    const all = Array.from({ length: 200 }, (_, i) => {
      const deadline = deadlineIn(5 + i * 10)
      return appends.submit(item(`a:${i}`, `n${i}`), { ...deadline, forOneTry: () => deadline })
    })
    const outcomes = await Promise.allSettled(all)
    const lost = outcomes.filter(({ status }) => status === 'rejected')
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.length).toBeLessThan(40)
  })

  it('answers every append once, whatever goes wrong and in whatever order', async () => {
    const trouble = fc.constantFrom('none', 'none', 'conflict', 'stale', 'duplicate', 'cut before', 'cut after')
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { maxLength: 30 }),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        async (troubles, streams, pauses) => {
          const written = new Set<string>()
          const open = new Set<string>()
          const write: WriteGroup = async (items, { careful }) => {
            for (const { streamId } of items) open.add(streamId)
            const what = troubles.shift() ?? 'none'
            await turn()
            for (const { streamId } of items) open.delete(streamId)
            if (what === 'conflict') throw conflict()
            if (what === 'stale' && !careful) throw new StaleHeads()
            if (what === 'duplicate' && !careful) throw new MongoServerError({ message: 'known', code: 11000 })
            if (what === 'cut before') throw new MongoNetworkError('cut')
            for (const { appendId } of items) {
              expect(careful || !written.has(appendId), 'what may be written already is looked up').toBe(true)
              written.add(appendId)
            }
            if (what === 'cut after') throw new MongoNetworkError('cut')
            return items.map(() => ({ kind: 'appended', version: 1 }))
          }
          const appends = new AppendQueue(write)
          const all: Promise<unknown>[] = []
          for (const [i, stream] of streams.entries()) {
            all.push(appends.submit(item(`a:${stream}`, `n${i}`), deadlineIn(20_000)))
            if (pauses[i]) await turn()
          }
          await Promise.all(all)
          expect(written.size).toBe(streams.length)
        },
      ),
      { numRuns: 60 },
    )
  })
})
