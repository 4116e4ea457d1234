import assert from 'node:assert/strict'
import type { JsonObject } from '../../../core/json/json.ts'
import type { ViewQuery } from '../../../core/port/view-store.ts'
import type { Filter } from '../../../core/reading/filter.ts'
import { casesOf } from '../case.ts'
import { numbers } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { FILTERED, FILTERS, INJECTIONS } from '../support/filters.ts'
import { keysOf, PROJECTION, saveViews, view } from '../support/views.ts'

const RANKED: Readonly<Record<string, JsonObject>> = {
  d: { n: 2 },
  a: { n: 10 },
  c: { n: 2 },
  b: { n: -1 },
  f: { n: null },
  e: { other: 1 },
  g: { n: 2 },
}

/** Queries over the views of one projection version. */
export const viewQueries = casesOf('view queries', {
  'without an order, views come by key, by code point': async ({ open }) => {
    const storage = await open()
    const keys = ['b', 'a', 'B', '10', '9', 'ä', '\uffee', '😀', 'a:b']
    await saveViews(storage, Object.fromEntries(keys.map((key) => [key, {}])))
    const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepEqual(await keysOf(storage), sorted)
    for (const limit of [1, 2, 4, keys.length]) assert.deepEqual(await keysOf(storage, { limit }), sorted)
  },

  'selects by fields of the data, strict about types': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, FILTERED)
    for (const [where, found] of FILTERS) {
      assert.deepEqual((await keysOf(storage, { where })).toSorted(), found.toSorted(), JSON.stringify(where))
    }
  },

  'is about one version of one projection': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { k: { n: 1 } })
    await storage.viewStore.save(view('two', { n: 1 }, { version: 2 }), 'ifAbsent')
    await storage.viewStore.save(view('other', { n: 1 }, { projection: 'overview2' }), 'ifAbsent')
    assert.deepEqual(await keysOf(storage, { where: { n: 1 } }), ['k'])
    assert.deepEqual(await keysOf(storage, { version: 2 }), ['two'])
    assert.deepEqual(await keysOf(storage, { projection: 'over%' }), [])
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

  // How values of different types stand to each other is the database's business; that none is lost is ours.
  'pages give every view exactly once, whatever the types of the ordered field are': async ({ open }) => {
    const storage = await open()
    const values = [1, 0, '1', '', 'true', true, false, null, [1], [], { a: 1 }, {}, 2, 'x', -1, undefined]
    await saveViews(storage, Object.fromEntries(values.map((v, i) => [`k${i}`, v === undefined ? {} : { v }])))
    const keys = values.map((_, i) => `k${i}`).toSorted()
    for (const direction of ['ascending', 'descending'] as const) {
      for (const limit of [1, 2, 3, 7]) {
        const found = await keysOf(storage, { orderBy: { field: 'v', direction }, limit })
        assert.deepEqual(found.toSorted(), keys, `${direction}, pages of ${limit}`)
      }
    }
  },

  // Where the database makes no indexes, there is nothing to compare.
  'an index on a field changes no answer, and comes and goes with its version': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    const odd = [[], [1], [[2]], ['x'], {}, { v: 1 }, [{ v: 1 }], null, true, false, 0, -1, 'x', '', '\u0000', '😀']
    const fields = { v: odd, w: [1, 2, undefined], 'c-d': ['x', null] }
    const views = numbers(0, 59).map((i): [string, JsonObject] => {
      const members = Object.entries(fields).map(([name, values]) => [name, values[(i * 7) % values.length]] as const)
      return [`k${i}`, Object.fromEntries(members.filter(([, value]) => value !== undefined)) as JsonObject]
    })
    await saveViews(storage, Object.fromEntries(views))
    await storage.viewStore.save(view('two', { v: 1 }, { version: 2 }), 'ifAbsent')
    const orders = Object.keys(fields).flatMap((field) =>
      (['ascending', 'descending'] as const).map((direction) => ({ field, direction })),
    )
    const filters: Filter[] = [
      {},
      { v: null },
      { v: 'x' },
      { v: { gte: 0 } },
      { v: { lt: 'y' } },
      { 'v.v': 1 },
      { w: 2 },
    ]
    const answers = async () => {
      const all: unknown[] = []
      for (const where of filters) {
        all.push(await keysOf(storage, { where }))
        for (const orderBy of orders) all.push(await keysOf(storage, { where, orderBy, limit: 7 }))
      }
      return all
    }
    const before = await answers()
    const index = async (version: number) =>
      Promise.all(
        [storage, other].map(({ viewStore }) => viewStore.index?.('overview', version, ['v', 'w', 'c-d', 'v.v'])),
      )
    for (const version of [1, 1, 2]) await index(version)
    assert.deepEqual(await answers(), before)
    await saveViews(storage, { late: { v: 'x' } })
    assert.ok((await keysOf(storage, { where: { v: 'x' } })).includes('late'), 'what comes later is found')
    await storage.viewStore.drop('overview', 2)
    await storage.viewStore.drop('overview', 1)
    await index(1)
    assert.deepEqual(await keysOf(storage, { orderBy: { field: 'v' } }), [])
    if (storage.viewStore.index) {
      for (const path of ['', '$where', 'a..b', 'a b', '0']) {
        await rejectsWith('InvalidQuery', async () => storage.viewStore.index?.('overview', 1, ['v', path]), path)
      }
    }
  },

  'filter, order and pages go together': async ({ open }) => {
    const storage = await open()
    await saveViews(
      storage,
      Object.fromEntries(numbers(0, 99).map((i) => [`k${i}`, { n: (i * 37) % 100, odd: i % 2 }])),
    )
    const where: Filter = { odd: 1, n: { gte: 20, lt: 80 } }
    const found = await keysOf(storage, { where, orderBy: { field: 'n', direction: 'descending' }, limit: 4 })
    const wanted = numbers(0, 99).filter((i) => i % 2 === 1 && (i * 37) % 100 >= 20 && (i * 37) % 100 < 80)
    assert.deepEqual(
      found,
      wanted.toSorted((a, b) => ((b * 37) % 100) - ((a * 37) % 100)).map((i) => `k${i}`),
    )
  },

  'a page holds 100 views by default and 1,000 at most, and says whether there are more': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, Object.fromEntries(numbers(1, 1001).map((n) => [`k${n}`, { n }])))
    assert.equal((await storage.viewStore.query(PROJECTION)).views.length, 100)
    const most = await storage.viewStore.query({ ...PROJECTION, limit: 1000 })
    assert.equal(most.views.length, 1000)
    const last = await storage.viewStore.query({ ...PROJECTION, limit: 1000, after: most.next ?? '' })
    assert.deepEqual([last.views.length, last.next], [1, undefined])
    const exact = await storage.viewStore.query({ ...PROJECTION, where: { n: { lte: 10 } }, limit: 10 })
    assert.deepEqual([exact.views.length, exact.next], [10, undefined], 'no further page after an exact fit')
    for (const limit of [0, -1, 1001, 1.5, Number.NaN]) {
      await rejectsWith('InvalidQuery', () => keysOf(storage, { limit }), `limit ${limit}`)
    }
  },

  'views that come, go and change between pages neither hide nor repeat the others': async ({ open }) => {
    const storage = await open()
    const lasting = numbers(1, 40).map((n) => `k${String(n).padStart(2, '0')}`)
    await saveViews(storage, Object.fromEntries(lasting.map((key, i) => [key, { n: i % 7 }])))
    for (const direction of ['ascending', 'descending'] as const) {
      let round = 0
      const found = await keysOf(storage, { orderBy: { field: 'n', direction }, limit: 6 }, async () => {
        round++
        await saveViews(storage, {
          [`new-${direction}-${round}-low`]: { n: -round },
          [`new-${direction}-${round}-mid`]: { n: 3 },
          [`new-${direction}-${round}-high`]: { n: 100 + round },
        })
      })
      const old = found.filter((key) => lasting.includes(key))
      assert.deepEqual(old.toSorted(), lasting, direction)
      assert.equal(new Set(found).size, found.length, `${direction}: no view twice`)
    }
    let removed = false
    const rest = await keysOf(storage, { limit: 7 }, async () => {
      if (removed) return
      removed = true
      const found = await storage.viewStore.get({ ...PROJECTION, key: 'k07' })
      await storage.viewStore.save(view('k07', null), { ifMatch: found?.etag ?? '' })
    })
    assert.deepEqual(
      rest.filter((key) => lasting.includes(key)),
      lasting,
      'the last view of a page may go',
    )
  },

  'a filter has at most 100 conditions': async ({ open }) => {
    const storage = await open()
    const data = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]))
    await saveViews(storage, { k: { ...data, n: 1 } })
    assert.deepEqual(await keysOf(storage, { where: data }), ['k'])
    await rejectsWith('InvalidQuery', () => keysOf(storage, { where: { ...data, n: 1 } }))
  },

  'what is no page token is InvalidQuery': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, RANKED)
    for (const after of ['x', '7', 'e30', 'bnVsbA', '{}', "' OR 1=1 --", '\u0000']) {
      await rejectsWith('InvalidQuery', () => storage.viewStore.query({ ...PROJECTION, after }), JSON.stringify(after))
      const ordered: ViewQuery = { ...PROJECTION, after, orderBy: { field: 'n' } }
      await rejectsWith('InvalidQuery', () => storage.viewStore.query(ordered), JSON.stringify(after))
    }
  },

  'takes no text of a caller as query language': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { k: { name: 'x' } })
    for (const path of INJECTIONS.paths) {
      await rejectsWith('InvalidQuery', () => keysOf(storage, { where: { [path]: 'x' } }), JSON.stringify(path))
      await rejectsWith('InvalidQuery', () => keysOf(storage, { orderBy: { field: path } }), JSON.stringify(path))
    }
    for (const where of INJECTIONS.filters) {
      await rejectsWith('InvalidQuery', () => keysOf(storage, { where: where as Filter }), JSON.stringify(where))
    }
    for (const value of INJECTIONS.values) {
      assert.deepEqual(await keysOf(storage, { where: { name: value } }), [], value)
      assert.deepEqual(await keysOf(storage, { projection: value }), [], value)
    }
    assert.deepEqual(await keysOf(storage), ['k'], 'all is as it was')
  },
})
