import assert from 'node:assert/strict'
import type { Filter } from '../../../../core/reading/filter.ts'
import { casesOf } from '../../case.ts'
import { numbers } from '../../support/events.ts'
import { rejectsWith } from '../../support/expect.ts'
import { FILTERED, FILTERS, INJECTIONS } from '../../support/filters.ts'
import { keysOf, PROJECTION, saveViews, view } from '../../support/views.ts'

/** How many views match. */
export const viewCounts = casesOf('view counts', {
  'counts what a query finds': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, FILTERED)
    for (const [where, found] of FILTERS) {
      assert.equal(await storage.viewStore.count({ ...PROJECTION, where }), found.length, JSON.stringify(where))
    }
    assert.equal(await storage.viewStore.count(PROJECTION), Object.keys(FILTERED).length)
  },

  'counts the views of one version of one projection that readers see': async ({ open }) => {
    const storage = await open()
    const count = (version = 1, projection = 'overview') => storage.viewStore.count({ projection, version })
    assert.equal(await count(), 0)
    await saveViews(storage, { here: { n: 1 }, gone: null })
    await storage.viewStore.save(view('two', { n: 1 }, { version: 2 }), 'ifAbsent')
    await storage.viewStore.save(view('other', { n: 1 }, { projection: 'overview2' }), 'ifAbsent')
    assert.deepEqual(
      [await count(), await count(2), await count(1, 'over%'), await count(1, 'overview2')],
      [1, 1, 0, 1],
    )
    const found = await storage.viewStore.get({ ...PROJECTION, key: 'gone' })
    await storage.viewStore.save(view('gone', {}), { ifMatch: found?.etag ?? '' })
    assert.equal(await count(), 2, 'what came back')
    await storage.viewStore.drop('overview', 1)
    assert.deepEqual([await count(), await count(2)], [0, 1])
  },

  'counts more views than a page holds, with an index and without': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, Object.fromEntries(numbers(1, 1200).map((n) => [`k${n}`, { n, odd: n % 2 === 1 }])))
    const filters: readonly (readonly [Filter, number])[] = [
      [{}, 1200],
      [{ odd: true }, 600],
      [{ n: { ne: 7 } }, 1199],
      [{ n: { in: numbers(1, 1000) }, odd: false }, 500],
      [{ or: [{ n: { lte: 10 } }, { n: { lte: 20 }, odd: true }, { n: 1 }] }, 15],
    ]
    const counts = () => Promise.all(filters.map(([where]) => storage.viewStore.count({ ...PROJECTION, where })))
    const wanted = filters.map(([, count]) => count)
    assert.deepEqual(await counts(), wanted)
    await storage.viewStore.index?.('overview', 1, ['n', 'odd'])
    assert.deepEqual(await counts(), wanted)
  },

  'refuses what a query refuses': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { k: { name: 'x' } })
    const count = (where: Filter) => storage.viewStore.count({ ...PROJECTION, where })
    for (const path of INJECTIONS.paths) await rejectsWith('InvalidQuery', () => count({ [path]: 'x' }), path)
    for (const where of INJECTIONS.filters) {
      await rejectsWith('InvalidQuery', () => count(where as Filter), JSON.stringify(where))
    }
    for (const value of INJECTIONS.values) assert.equal(await count({ name: value }), 0, value)
    assert.deepEqual(await keysOf(storage), ['k'], 'nothing has changed')
  },
})
