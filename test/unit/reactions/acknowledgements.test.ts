import { expect, it, vi } from 'vitest'
import type { FeedRange } from '../../../src/core/port/change-feed.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openAcknowledgements } from '../../../src/processor/reactions/acknowledgements.ts'
import { itemsByKey } from '../../../src/projections/events-by-key.ts'
import type { FoldItem } from '../../../src/projections/fold-item.ts'
import { defineReaction } from '../../../src/reactions/define-reaction.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { append, events, holding } from '../processor/support.ts'

const reaction = defineReaction('mail', { events, on: { Added: async () => {} } })

/** Two streams of two events, and what a worker does with them. */
async function prepared(port: StoragePort) {
  await append(port, 's:1', [1, 2])
  await append(port, 's:2', [1, 2])
  const [range] = (await port.feed.ranges()) as [FeedRange]
  const { events: found } = await port.feed.read(range, 'start', { limit: 10 })
  const byStream = await itemsByKey(reaction, found)
  const [a1, a2, b1] = [...byStream.values()].flat() as [FoldItem, FoldItem, FoldItem]
  async function open(storage: StoragePort = port) {
    const acknowledgements = await openAcknowledgements(storage, reaction, range, [])
    acknowledgements.begin([a1, a2, b1])
    return acknowledgements
  }
  return { open, a1, a2, b1 }
}

it('of what one acknowledges and the other parks, that holds which is stored first', async () => {
  await using port = openMemory()
  const { open, a1, a2 } = await prepared(port)
  const held = holding(port, 'before', (call) => call === 'viewStore.save')
  const two = await open(held.port)
  const one = await open()
  two.add(a1)
  two.add(a2)
  await held.reached
  expect(await one.park(a1, false)).toBe(true)
  held.release()
  await two.flush()
  expect([two.parkedAt('s:1'), two.has(a1)]).toEqual([1, false])
  const three = await open()
  expect([three.parkedAt('s:1'), three.has(a1)]).toEqual([1, false])
})

it('what another worker acknowledged is not parked, whenever that was learned', async () => {
  await using port = openMemory()
  const { open, a1, b1 } = await prepared(port)
  const one = await open()
  const two = await open()
  two.add(a1)
  await two.flush()
  one.add(b1)
  await one.flush()
  expect(await one.park(a1, false)).toBe(false)
  expect((await open()).parkedAt('s:1')).toBeUndefined()
})

it('is stored when it is flushed, in whatever turn of the queue it is noted', async () => {
  for (let turns = 0; turns < 40; turns++) {
    await using port = openMemory()
    const { open, a1, b1 } = await prepared(port)
    // A storage that answers in the same turn.
    const quick = { ...port.viewStore, save: async () => ({ saved: true, etag: 'any' }) as const }
    const saves = vi.spyOn(quick, 'save')
    const acknowledgements = await open({ ...port, viewStore: quick })
    acknowledgements.add(a1)
    for (let i = 0; i < turns; i++) await Promise.resolve()
    acknowledgements.add(b1)
    await acknowledgements.flush()
    expect(saves.mock.calls.at(-1)).toMatchObject([
      { data: { acknowledged: { 's:1': 1, 's:2': 1 } } },
      expect.anything(),
    ])
  }
})

it('what was parked, and replayed since, is not parked again by what a former owner stores late', async () => {
  await using port = openMemory()
  const { open, a1, b1 } = await prepared(port)
  const former = await open()
  const held = holding(port, 'before', (call) => call === 'viewStore.save')
  const present = await open(held.port)
  // The present owner goes on to what lies behind the parked event, and saves second.
  present.begin([b1])
  present.add(b1)
  await held.reached
  expect(await former.park(a1, false)).toBe(true)
  held.release()
  await present.flush()
  expect(present.parkedAt('s:1')).toBeUndefined()
  const next = await openAcknowledgements(port, reaction, b1.range, [])
  expect([next.parkedAt('s:1'), next.has(b1)]).toEqual([undefined, true])
})
