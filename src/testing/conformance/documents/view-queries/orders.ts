import assert from 'node:assert/strict'
import type { JsonObject } from '../../../../core/json/json.ts'
import { casesOf } from '../../case.ts'
import { keysOf, saveViews } from '../../support/views.ts'

const RANKED: Readonly<Record<string, JsonObject>> = {
  d: { n: 2 },
  a: { n: 10 },
  c: { n: 2 },
  b: { n: -1 },
  f: { n: null },
  e: { other: 1 },
  g: { n: 2 },
}

/** In which order the views of a query come. */
export const viewOrders = casesOf('view orders', {
  'without an order, views come by key, by code point': async ({ open }) => {
    const storage = await open()
    const keys = ['b', 'a', 'B', '10', '9', 'ä', '\uffee', '😀', 'a:b']
    await saveViews(storage, Object.fromEntries(keys.map((key) => [key, {}])))
    const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepEqual(await keysOf(storage), sorted)
    for (const limit of [1, 2, 4, keys.length]) assert.deepEqual(await keysOf(storage, { limit }), sorted)
  },

  'ascending: missing and null first, then by value, ties by key': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, RANKED)
    const order = ['e', 'f', 'b', 'c', 'd', 'g', 'a']
    for (const limit of [1, 2, 3, 5, 100]) {
      assert.deepEqual(await keysOf(storage, { orderBy: { field: 'n' }, limit }), order, `pages of ${limit}`)
      const orderBy = { field: 'n', direction: 'ascending' } as const
      assert.deepEqual(await keysOf(storage, { orderBy, limit }), order, `pages of ${limit}`)
    }
  },

  'descending: by value, missing and null last, ties still by ascending key': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, RANKED)
    const orderBy = { field: 'n', direction: 'descending' } as const
    for (const limit of [1, 2, 3, 5, 100]) {
      assert.deepEqual(
        await keysOf(storage, { orderBy, limit }),
        ['a', 'c', 'd', 'g', 'b', 'e', 'f'],
        `pages of ${limit}`,
      )
    }
  },

  'strings are ordered by code point, and nested fields too': async ({ open }) => {
    const storage = await open()
    const texts = ['b', 'a', '', 'B', 'aa', '\uffee', '😀', 'é', "'", '"']
    await saveViews(storage, Object.fromEntries(texts.map((text, i) => [`k${i}`, { a: { t: text } }])))
    const found = await keysOf(storage, { orderBy: { field: 'a.t' }, limit: 3 })
    const sorted = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepEqual(
      found.map((key) => texts[Number(key.slice(1))]),
      sorted,
    )
  },

  'numbers are ordered by value, to the last digit, over pages too': async ({ open }) => {
    const storage = await open()
    const values = [0.1, 0.30000000000000004, 0.3, 1e21, -1e21, 5e-324, 9007199254740991, 9007199254740990, 0, -5]
    await saveViews(storage, Object.fromEntries(values.map((n, i) => [`k${i}`, { n }])))
    const found = await keysOf(storage, { orderBy: { field: 'n' }, limit: 1 })
    assert.deepEqual(
      found.map((key) => values[Number(key.slice(1))]),
      values.toSorted((a, b) => a - b),
    )
  },
})
