import { expect, test } from 'vitest'
import { refold } from '../../../../../src/integrity/branches/verify/refold.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { foldAll } from '../../../processor/parking/support.ts'
import { append, perStream } from '../../../processor/support.ts'

test('views are computed again to the end of every part of a range that is split meanwhile', async () => {
  await using port = openMemory()
  for (let i = 0; i < 30; i++) await append(port, `s:${i}`, [i, 2])
  await foldAll(port, perStream)
  const { views } = await port.viewStore.query({ projection: 'per-stream', version: 1 })
  const stored = views.map(({ document }) => document)
  let reads = 0
  const feed: typeof port.feed = {
    ...port.feed,
    async read(range, from, options) {
      if (++reads === 3) for (const hash of ['10000000', '20000000', '30000000']) port.split(hash)
      return port.feed.read(range, from, { ...options, limit: 7 })
    },
  }
  const { signal } = new AbortController()
  const context = { storage: { ...port, feed }, projection: perStream, slices: undefined, skipped: new Set<string>() }
  const refolded = await refold({ ...context, signal }, stored)
  expect((await port.feed.ranges()).length).toBe(4)
  expect(refolded.map(({ document }) => document?.data)).toEqual(stored.map(({ data }) => data))
  expect(refolded.filter(({ behindSince }) => behindSince !== undefined)).toEqual([])
})
