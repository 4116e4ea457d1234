import assert from 'node:assert/strict'
import type { JsonObject } from '../../../../core/json/json.ts'
import type { Filter } from '../../../../core/reading/filter.ts'
import { casesOf } from '../../case.ts'
import { numbers } from '../../support/events.ts'
import { rejectsWith } from '../../support/expect.ts'
import { keysOf, saveViews, view } from '../../support/views.ts'

/** Indexes that projections name. */
export const viewIndexes = casesOf('view indexes', {
  // If the database creates no indexes, there is nothing to compare.
  'an index on a field changes no result, and is created and dropped with its version': async ({ open, reopen }) => {
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
      { v: { ne: 'x' } },
      { v: { ne: null } },
      { v: { in: [1, 'x', true, null, '😀'] } },
      { or: [{ v: 'x' }, { w: 2 }] },
      { w: { in: [1, 2], ne: 2 }, or: [{ v: { gte: 0 } }, { 'v.v': 1, 'c-d': 'x' }, { 'c-d': null }] },
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
    assert.ok((await keysOf(storage, { where: { v: 'x' } })).includes('late'), 'later views are found')
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
})
