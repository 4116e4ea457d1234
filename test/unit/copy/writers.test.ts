import { expect, it } from 'vitest'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import { copyLog } from '../../../src/copy/copy-log.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { grow } from '../../../src/testing/conformance/support/events.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { folder, memory } from './storages.ts'
import { logOf } from './whole-log.ts'

/** Appends, and now and then deletes, until it is told to stop. */
async function write(storage: StoragePort, name: string, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i++) {
    const streamId = `${name}:${i >> 2}`
    await grow(storage, streamId, 1 + (i % 3))
    if (i % 20 === 19) await deleteStream(storage, streamId)
  }
}

it.each([
  ['memory', memory],
  ['a folder', folder],
])('while %s is written to, the copy comes to an end; the last run brings the rest', async (_, open) => {
  await using source = await open()
  await using target = await memory()
  for (let i = 0; i < 50; i++) await grow(source, `old:${i}`, 5)
  const stop = new AbortController()
  const writing = Promise.all(['a', 'b', 'c'].map((name) => write(source, name, stop.signal)))
  for (let run = 0; run < 5; run++) await copyLog({ source, target })
  stop.abort()
  await writing
  const { copied, verification } = await moveLog({ source, target })
  expect([copied.behind, verification.differences]).toEqual([0, []])
  expect(await logOf(target)).toEqual(await logOf(source))
})

it('what came after it had caught up is told', async () => {
  await using source = openMemory({ ranges: 1 })
  await using target = await memory()
  await grow(source, 'a:1', 2)
  let looks = 0
  const { feed } = source
  const lag: typeof feed.lag = async (range, from) => {
    if (++looks === 2) await grow(source, 'b:1', 3)
    return feed.lag(range, from)
  }
  const watched = { ...source, feed: { ...feed, lag } }
  expect(await copyLog({ source: watched, target })).toEqual({
    events: 2,
    ranges: 1,
    behind: 3,
    personal: false,
    apart: false,
  })
  expect(await copyLog({ source: watched, target })).toEqual({
    events: 3,
    ranges: 1,
    behind: 0,
    personal: false,
    apart: false,
  })
})
