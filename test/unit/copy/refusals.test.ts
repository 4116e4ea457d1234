import { expect, it } from 'vitest'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import { copyLog } from '../../../src/copy/copy-log.ts'
import { verifyCopy } from '../../../src/copy/verify.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { event, events, grow } from '../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../src/testing/conformance/support/feed.ts'
import { type MemoryStorage, openMemory } from '../../../src/testing/memory/index.ts'
import { logOf } from './whole-log.ts'

const countOf = async (storage: StoragePort) => (await wholeFeed(storage)).length

it('a target that holds events is refused, and nothing is written', async () => {
  await using source = openMemory()
  await using target = openMemory()
  await grow(source, 'a:1')
  await grow(target, 'b:1', 2)
  const before = await logOf(target)
  await expect(copyLog({ source, target })).rejects.toMatchObject({ code: 'CopyTargetOccupied', holds: 'events' })
  expect(await logOf(target)).toEqual(before)
  expect(await target.leases.list()).toEqual([])
})

it('a target with the copy of another log is refused, also to be verified', async () => {
  await using source = openMemory()
  await using other = openMemory()
  await using target = openMemory()
  await grow(source, 'a:1')
  await grow(other, 'a:1')
  await moveLog({ source, target })
  const refusal = { code: 'CopyTargetOccupied', holds: 'anotherCopy' }
  await expect(copyLog({ source: other, target })).rejects.toMatchObject(refusal)
  await expect(verifyCopy({ source: other, target })).rejects.toMatchObject(refusal)
  expect(await logOf(target)).toEqual(await logOf(source))
})

it('what is written down about an earlier life of the target counts for nothing', async () => {
  await using source = openMemory()
  await using first = openMemory()
  await using second = openMemory()
  await grow(source, 'a:1', 3)
  await moveLog({ source, target: first })
  for (const { document } of await first.leases.list()) await second.leases.save(document, 'ifAbsent')
  const { copied } = await moveLog({ source, target: second })
  expect(copied.events).toBe(3)
  expect(await logOf(second)).toEqual(await logOf(source))
})

it('of two copies onto one target, one goes on and the other one stops', async () => {
  await using source = openMemory({ ranges: 4 })
  await using target = openMemory()
  for (let i = 0; i < 40; i++) await grow(source, `a:${i}`, 3)
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => moveLog({ source, target: target.reopen() })))
  const codes = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'done' : outcome.reason.code))
  expect(codes.sort()).toEqual(['CopyInProgress', 'CopyInProgress', 'done'])
  expect(await logOf(target)).toEqual(await logOf(source))
})

it('a copy that takes over from one at work meets what that one still writes, and ends the same', async () => {
  await using source = openMemory({ ranges: 2 })
  for (let i = 0; i < 20; i++) {
    await grow(source, `a:${i}`, 1 + i)
    if (i % 4 > 0) await source.events.tombstone(`a:${i}`, { metadata: { eventId: 'end' } }, { expectedVersion: 1 + i })
    if (i % 4 > 1) await source.events.erase(`a:${i}`)
  }
  const log = await logOf(source)
  for (let turns = 0; turns < 60; turns++) {
    await using target = openMemory({ limits: { eventsPerAppend: 3 } })
    const copy = () => moveLog({ source, target: target.reopen(), splitAppends: true })
    const first = copy()
    const later = (async () => {
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
      return copy()
    })()
    const outcomes = await Promise.allSettled([first, later])
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'CopyInProgress' })
    }
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
    const { appends } = (await logOf(target))['a:0'] as { readonly appends: unknown }
    expect(appends).toEqual((log['a:0'] as { readonly appends: unknown }).appends)
    expect((await verifyCopy({ source, target })).differences).toEqual([])
  }
})

it('an append that is too large is refused as a whole, or split when that is allowed', async () => {
  await using source = openMemory()
  await using target = openMemory({ limits: { eventsPerAppend: 10, bytesPerAppend: 2000 } })
  await grow(source, 'a:1', 2)
  await source.events.append('a:1', events(25), { expectedVersion: 2 })
  const refusal = { code: 'NotCopyable', streamId: 'a:1', version: 3 }
  await expect(copyLog({ source, target })).rejects.toMatchObject(refusal)
  expect(await countOf(target)).toBe(2)
  const { verification } = await moveLog({ source, target, splitAppends: true })
  expect(verification).toMatchObject({ differences: [], target: { events: 27 } })

  await source.events.append('a:2', [event('x', { text: 'x'.repeat(3000) })], { expectedVersion: 0 })
  const single = copyLog({ source, target, splitAppends: true })
  await expect(single).rejects.toThrow(
    /^Event a:2@1 cannot be copied: its append of \d+ bytes exceeds .* limit of 2000$/,
  )
})

it('what other hands wrote and no storage has a place for is refused, and what it has a place for is copied', async () => {
  await using source = openMemory()
  await grow(source, 'a:1')
  await grow(source, 'a:1')
  const copyOf = async (change: (document: Record<string, unknown>) => object) => {
    rewriteFirst(source, change)
    await using target = openMemory()
    return await moveLog({ source, target })
  }
  const metadata = { eventId: 'a:1:1', recordedAt: '2020-02-03T04:05:06.7+01:00' }
  const { verification } = await copyOf((document) => ({ ...document, metadata }))
  expect(verification.differences).toEqual([])
  for (const [change, why] of [
    [{ metadata: { ...metadata, recordedAt: 'noon' } }, 'its recording time "noon" is invalid'],
    [{ ttl: 7 }, 'no other storage can represent its field "ttl"'],
    [{ id: 'x' }, 'its document id is "x"'],
    [{ metadata: { ...metadata, eventId: 7 } }, "An event's id must be a string of 1 to 200 characters"],
    [{ eventType: '$later' }, 'Event type $later is reserved'],
  ] as const) {
    const copied = copyOf((document) => ({ ...document, metadata, ...change }))
    await expect(copied).rejects.toThrow(`Event a:1@1 cannot be copied: ${why}`)
  }
})

it('a target that somebody else wrote to is told by name', async () => {
  await using source = openMemory()
  await using target = openMemory()
  for (const id of ['a:1', 'b:1', 'c:1']) await grow(source, id, 2)
  await moveLog({ source, target })
  await grow(target, 'a:1')
  await grow(target, 'd:1')
  const { differences } = await verifyCopy({ source, target })
  expect(differences.map(({ streamId, source, target }) => [streamId, source.events, target.events])).toEqual([
    ['a:1', 2, 3],
    ['d:1', 0, 1],
  ])
  await grow(source, 'a:1')
  await expect(copyLog({ source, target })).rejects.toMatchObject({ code: 'CopyDiverged', streamId: 'a:1' })
})

it('a signal ends it, and the same call goes on', async () => {
  await using source = openMemory()
  await using target = openMemory()
  for (let i = 0; i < 30; i++) await grow(source, `a:${i}`, 100)
  const stop = new AbortController()
  const reason = new Error('enough')
  const stopped = copyLog({
    source,
    target,
    signal: stop.signal,
    onProgress: ({ done }) => {
      if (done > 0) stop.abort(reason)
    },
  })
  await expect(stopped).rejects.toBe(reason)
  const { copied } = await moveLog({ source, target })
  expect(copied.events).toBe(2000)
  expect(await logOf(target)).toEqual(await logOf(source))
})

/** Rewrites the first event of a:1 where it is stored. */
function rewriteFirst({ state }: MemoryStorage, change: (document: Record<string, unknown>) => object): void {
  const stored = state.streams.get('a:1')?.events as { json: string }[]
  const [first] = stored as [{ json: string }]
  const original = JSON.parse(first.json)
  const document = { id: original.id, stream: original.stream, eventType: 'Happened', eventData: {}, metadata: {} }
  stored[0] = { ...first, json: JSON.stringify(change({ ...document, id: 'a:1:1' })) }
}
