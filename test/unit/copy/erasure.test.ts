import { expect, it } from 'vitest'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { event, fill, grow, versionsOf } from '../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../src/testing/conformance/support/feed.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { memory } from './storages.ts'

const delivered = async (storage: StoragePort) => versionsOf((await wholeFeed(storage)).map(({ event }) => event))

const end = (storage: StoragePort) =>
  storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })

it('what is erased at the source after it was copied, in part or wholly, is erased at the target', async () => {
  await using source = await memory()
  await using target = await memory()
  await grow(source, 'a:1', 5)
  await moveLog({ source, target })
  await end(source)
  await moveLog({ source, target })
  expect(await delivered(target)).toEqual([1, 2, 3, 4, 5, 6])
  for (const [limit, left] of [
    [2, [1, 2, 3, 6]],
    [9, [6]],
  ] as const) {
    await source.events.erase('a:1', { limit })
    const { verification } = await moveLog({ source, target })
    expect(verification.differences).toEqual([])
    expect(await delivered(target)).toEqual(left)
  }
})

it('a stream that was erased in part before it was copied keeps its place, and can be erased to the end', async () => {
  await using source = await memory()
  await using target = await memory()
  await fill(source, 'a:1', 253)
  await end(source)
  await source.events.erase('a:1', { limit: 252 })
  const { verification } = await moveLog({ source, target })
  expect(verification.differences).toEqual([])
  expect(await delivered(target)).toEqual([1, 254])
  await target.events.erase('a:1')
  expect(await delivered(target)).toEqual([254])
  await expect(target.events.append('a:1', [event()], { expectedVersion: 'any' })).rejects.toThrow('deleted')
})

it('of a stream that was erased wholly, as little is left as where it comes from', async () => {
  await using source = openMemory()
  await using target = openMemory()
  await grow(source, 'a:1', 9)
  await end(source)
  await source.events.erase('a:1')
  await moveLog({ source, target })
  for (const { state } of [source, target]) {
    const left = state.streams
      .get('a:1')
      ?.events.flatMap((stored) => (stored === null ? [] : [JSON.parse(stored.json)]))
    expect(left?.map(({ id, eventType }) => [id, eventType])).toEqual([
      ['a:1:1', '$husk'],
      ['a:1:10', '$tombstone'],
    ])
  }
})
