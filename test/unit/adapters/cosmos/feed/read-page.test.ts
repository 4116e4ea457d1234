import assert from 'node:assert/strict'
import { test } from 'vitest'
import type { Operation } from '../../../../../src/adapters/cosmos/client/operation.ts'
import type { StoredEvent } from '../../../../../src/adapters/cosmos/documents.ts'
import type { ServerPage as PageOf } from '../../../../../src/adapters/cosmos/feed/interval-pages.ts'
import { type PrimaryCheck, rangeReader } from '../../../../../src/adapters/cosmos/feed/read-page.ts'
import type { ServerPages } from '../../../../../src/adapters/cosmos/feed/server-pages.ts'
import { systemClock } from '../../../../../src/core/clock.ts'

type ServerPage = PageOf<StoredEvent>

const WHOLE = { min: '', max: 'FF' }
const END: ServerPage = { items: [], etag: '"5"', isEnd: true, head: 5, shown: 0 }

const hurried = { now: systemClock.now, sleep: async () => {} }

// Servers that answer what ours does not, but the real one might.
const reading = (page: Partial<ServerPage>, from = { etag: '"5"', readTo: 5 }, atLeast?: number, primaryAt = 5) => {
  let head = 0
  const pages: ServerPages = {
    read: async () => ({ ...END, ...page, ...(head > 0 && { head }) }),
    partitionAround: () => Promise.reject(new RangeError('not asked for here')),
  }
  // What the primary replica has is shown by all of them once it has answered.
  const primary: PrimaryCheck = {
    async refresh() {
      head = primaryAt
    },
    async assertSameContainer() {},
  }
  const operation = { signal: new AbortController().signal } as Operation
  return rangeReader(pages, hurried, primary)(operation, WHOLE, from, 10, atLeast)
}

test('at the end, what the session was sure to show counts as read, although the ETag stays', async () => {
  const { place, caughtUp } = await reading({ head: 9, shown: 8 })
  assert.deepEqual([place, caughtUp], [{ etag: '"5"', readTo: 8 }, true])
})

test('before the end, only what was given counts as read', async () => {
  const item = { id: 's:1:1', stream: { id: 's:1', version: 1 }, eventType: 'Counted', _ts: 1, _etag: '"e"', _lsn: 6 }
  const { place, caughtUp } = await reading({ items: [item], isEnd: false, etag: '"6"', head: 9, shown: 9 })
  assert.deepEqual([place, caughtUp], [{ etag: '"6"', readTo: 6 }, false])
})

test('an ETag that names no LSN is passed on, and the documents tell how far they go', async () => {
  const item = { id: 's:1:1', stream: { id: 's:1', version: 1 }, eventType: 'Counted', _ts: 1, _etag: '"e"', _lsn: 6 }
  const { place } = await reading({ items: [item], isEnd: false, etag: '"6|a"', head: 9 })
  assert.deepEqual(place, { etag: '"6|a"', readTo: 6 })
  assert.deepEqual((await reading({ etag: '"6|a"', head: 9 })).place, { etag: '"6|a"', readTo: 5 })
})

test('an answer that says nothing of the end of the log is taken', async () => {
  const { place, caughtUp, head } = await reading({ head: undefined })
  assert.deepEqual([place, caughtUp, head], [{ etag: '"5"', readTo: 5 }, true, 5])
})

test('what was seen somewhere is demanded, and given up where it stays out', async () => {
  const from = { etag: '"5"', readTo: 5 }
  assert.equal((await reading({}, from, 7, 7)).head, 7)
  assert.equal((await reading({}, from, 9)).head, 5)
  await assert.rejects(reading({}, { etag: '"9"', readTo: 9 }), { code: 'TidemarkAheadOfLog' })
})
