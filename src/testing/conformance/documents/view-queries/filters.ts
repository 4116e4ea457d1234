import assert from 'node:assert/strict'
import type { JsonObject } from '../../../../core/json/json.ts'
import { FILTER_LIMITS, type Filter } from '../../../../core/reading/filter.ts'
import { casesOf } from '../../case.ts'
import { numbers } from '../../support/events.ts'
import { rejectsWith } from '../../support/expect.ts'
import { FILTERED, FILTERS, INJECTIONS } from '../../support/filters.ts'
import { keysOf, saveViews, view } from '../../support/views.ts'

// Neighbours that would be equal in fewer bits, and the ends of what JSON's numbers can be.
const EDGES = [
  ...[0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308],
  ...[0.3, 0.30000000000000004, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 60, 2 ** 63, 2 ** 64, 1e21],
]

/** Which views a query selects. */
export const viewFilters = casesOf('view filters', {
  'filters by fields of the data, strict about types': async ({ open }) => {
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

  'numbers are compared exactly, at the edges too': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, Object.fromEntries(EDGES.map((v, i) => [`k${i}`, { v }])))
    const found = async (v: Filter[string]) =>
      (await keysOf(storage, { where: { v } })).map((key) => EDGES[Number(key.slice(1))])
    for (const edge of EDGES) {
      assert.deepEqual(await found(edge), [edge])
      assert.deepEqual(await found({ in: [edge, 'x'] }), [edge])
      const sorted = (values: readonly (number | undefined)[]) => values.toSorted((a, b) => Number(a) - Number(b))
      assert.deepEqual(sorted(await found({ ne: edge })), sorted(EDGES.filter((v) => v !== edge)), `ne ${edge}`)
      assert.deepEqual(sorted(await found({ gt: edge })), sorted(EDGES.filter((v) => v > edge)), `gt ${edge}`)
      assert.deepEqual(sorted(await found({ lte: edge })), sorted(EDGES.filter((v) => v <= edge)), `lte ${edge}`)
    }
    assert.deepEqual(await found(-0), [0], 'zero has one sign')
  },

  'a field named or is one like any other': async ({ open }) => {
    const storage = await open()
    await saveViews(storage, { a: { or: 'x' }, b: { or: { in: 1 } }, c: {} })
    assert.deepEqual(await keysOf(storage, { where: { or: 'x' } }), ['a'])
    assert.deepEqual(await keysOf(storage, { where: { 'or.in': 1 } }), ['b'])
    assert.deepEqual(await keysOf(storage, { where: { or: [{ or: { ne: 'x' } }] } }), ['b', 'c'])
  },

  'a filter has bounds, and fills them': async ({ open }) => {
    const storage = await open()
    const { conditions, alternatives, values, nesting } = FILTER_LIMITS
    const data: JsonObject = Object.fromEntries(numbers(1, conditions).map((i) => [`f${i}`, i]))
    await saveViews(storage, { k: { ...data, n: 1 }, other: { f1: 1 } })
    const all = data as Filter
    const each = (most: number): Filter[] => numbers(1, most).map((i) => ({ f1: { ne: i } }))
    const nested = (deep: number): Filter => (deep === 0 ? { n: 1 } : { or: [nested(deep - 1)] })
    const within: Filter[] = [
      all,
      { or: Object.entries(all).map(([name, value]) => ({ [name]: value })) },
      { or: each(alternatives) },
      { n: { in: numbers(1, values) } },
      nested(nesting),
    ]
    for (const where of within)
      assert.ok((await keysOf(storage, { where })).includes('k'), JSON.stringify(where).slice(0, 80))
    const beyond: Filter[] = [
      { ...all, n: 1 },
      { or: [all, { n: 1 }] },
      { or: numbers(0, alternatives).map(() => ({})) },
      { n: { in: numbers(0, values) } },
      { or: [{ n: { in: numbers(1, values) } }, { n: { in: [0] } }] },
      nested(nesting + 1),
    ]
    for (const where of beyond) {
      await rejectsWith('InvalidQuery', () => keysOf(storage, { where }), JSON.stringify(where).slice(0, 80))
    }
  },

  'text of a caller never becomes part of a query': async ({ open }) => {
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
    assert.deepEqual(await keysOf(storage), ['k'], 'nothing has changed')
  },
})
