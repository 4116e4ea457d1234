import assert from 'node:assert/strict'
import type { ViewQuery } from '../../../../core/port/view-store.ts'
import type { Filter } from '../../../../core/reading/filter.ts'
import { casesOf } from '../../case.ts'
import { numbers } from '../../support/events.ts'
import { rejectsWith } from '../../support/expect.ts'
import { keysOf, PROJECTION, saveViews, view } from '../../support/views.ts'

/** How queries are read page by page. */
export const viewPages = casesOf('view pages', {
  // The order between values of different types depends on the database; that none is lost does not.
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

  'views that appear, disappear and change between pages neither hide nor repeat the others': async ({ open }) => {
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
      'the last view of a page may disappear',
    )
  },

  'a page token belongs to its order and its conditions': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, Object.fromEntries(numbers(0, 9).map((n) => [`k${n}`, { n, m: 'x' }])))
    const query: ViewQuery = { ...PROJECTION, where: { n: { lt: 8 }, m: 'x' }, orderBy: { field: 'n' }, limit: 2 }
    const { next = '' } = await storage.viewStore.query(query)
    const after = async (more: Partial<ViewQuery>) =>
      (await storage.viewStore.query({ ...query, after: next, ...more })).views.map(({ document }) => document.key)
    assert.deepEqual(await after({}), ['k2', 'k3'])
    assert.deepEqual(await after({ limit: 3 }), ['k2', 'k3', 'k4'], 'pages may be of any length')
    assert.deepEqual(await after({ where: { m: 'x', n: { lt: 8 } } }), ['k2', 'k3'], 'conditions stand in any order')
    const others: Partial<ViewQuery>[] = [
      { where: {} },
      { where: { n: { lt: 9 }, m: 'x' } },
      { where: { n: { lte: 8 }, m: 'x' } },
      { where: { or: [{ n: { lt: 8 }, m: 'x' }] } },
      { orderBy: { field: 'm' } },
      { orderBy: { field: 'n', direction: 'descending' } },
    ]
    for (const other of others) await rejectsWith('InvalidQuery', () => after(other), JSON.stringify(other))
  },

  'an invalid page token is InvalidQuery': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { a: { n: 1 }, b: {} })
    for (const after of ['x', '7', 'e30', 'bnVsbA', '{}', "' OR 1=1 --", '\u0000']) {
      await rejectsWith('InvalidQuery', () => storage.viewStore.query({ ...PROJECTION, after }), JSON.stringify(after))
      const ordered: ViewQuery = { ...PROJECTION, after, orderBy: { field: 'n' } }
      await rejectsWith('InvalidQuery', () => storage.viewStore.query(ordered), JSON.stringify(after))
    }
  },
})
