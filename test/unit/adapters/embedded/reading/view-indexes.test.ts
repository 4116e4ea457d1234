import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openEmbeddedPort } from '../../../../../src/adapters/embedded/index.ts'
import { Database } from '../../../../../src/adapters/embedded/sqlite/database.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import type { ViewQuery } from '../../../../../src/core/port/view-store.ts'
import { keysOf, PROJECTION, saveViews, view } from '../../../../../src/testing/conformance/support/views.ts'

let folder: string
let port: StoragePort
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
  port = await openEmbeddedPort(folder)
  const views = Array.from({ length: 300 }, (_, i) => [
    `k${i}`,
    { n: i, s: `s${i % 7}`, a: { b: i % 3 }, plain: i % 5 },
  ])
  await saveViews(port, Object.fromEntries(views))
  await port.viewStore.save(view('other', { n: 1 }, { projection: 'other' }), 'ifAbsent')
  await port.viewStore.index?.('overview', 1, ['n', 's', 'a.b'])
})
afterAll(async () => {
  await port.close()
  rmSync(folder, { recursive: true })
})

const sql = (text: string) => {
  const database = new DatabaseSync(join(folder, 'views.db'))
  try {
    return database.prepare(text).all()
  } finally {
    database.close()
  }
}

/** How SQLite goes about what is asked of the table of views meanwhile, one line for each step of each statement. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  const asked: [string, SQLInputValue[]][] = []
  for (const method of ['all', 'get'] as const) {
    const real = Database.prototype[method] as (sql: string, ...values: SQLInputValue[]) => unknown
    vi.spyOn(Database.prototype, method).mockImplementation(function (this: Database, text, ...values) {
      if (text.includes('FROM views')) asked.push([text, values])
      return real.call(this, text, ...values) as never
    })
  }
  await work()
  vi.restoreAllMocks()
  const database = new DatabaseSync(join(folder, 'views.db'))
  try {
    return asked.flatMap(([text, values]) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${text}`)
        .all(...values)
        .map(({ detail }) => String(detail)),
    )
  } finally {
    database.close()
  }
}

const N = (how: string) => `SEARCH views USING INDEX views:overview:1:n ${how}`
const S = (how: string) => `SEARCH views USING INDEX views:overview:1:s ${how}`
const EQUAL = '(<expr>=? AND <expr>=?)'
const SORTED = 'USE TEMP B-TREE FOR ORDER BY'
const ALL = 'SEARCH views USING INDEX sqlite_autoindex_views_1 (projection=? AND version=?)'

it.each<[string, Pick<ViewQuery, 'where' | 'orderBy'>, string[]]>([
  ['equality', { where: { n: 5 } }, [N(EQUAL)]],
  ['null', { where: { n: null } }, [N('(<expr>=?)'), SORTED]],
  ['a nested field', { where: { 'a.b': 1 } }, [`SEARCH views USING INDEX views:overview:1:a.b ${EQUAL}`]],
  ['in', { where: { n: { in: [1, 2] } } }, [N(EQUAL), SORTED]],
  [
    'in of two types',
    { where: { n: { in: [1, 'x'] } } },
    ['MULTI-INDEX OR', 'INDEX 1', N(EQUAL), 'INDEX 2', N(EQUAL), SORTED],
  ],
  ['a range', { where: { s: { gt: 's3' } } }, [S('(<expr>=? AND <expr>>?)'), SORTED]],
  [
    'or',
    { where: { or: [{ n: 5 }, { s: 's1' }] } },
    ['MULTI-INDEX OR', 'INDEX 1', N(EQUAL), 'INDEX 2', S(EQUAL), SORTED],
  ],
  [
    'or beside another condition',
    { where: { plain: 1, or: [{ n: { lt: 5 }, plain: 1 }, { or: [{ s: 's1' }, { n: 9 }] }] } },
    [
      'MULTI-INDEX OR',
      'INDEX 1',
      N('(<expr>=? AND <expr><?)'),
      'INDEX 2',
      'MULTI-INDEX OR',
      'INDEX 1',
      S(EQUAL),
      'INDEX 2',
      N(EQUAL),
      SORTED,
    ],
  ],
  ['an order', { orderBy: { field: 'n' } }, [N('(<expr>>?)')]],
  [
    'an order, descending',
    { orderBy: { field: 'n', direction: 'descending' } },
    [N('(<expr>>?)'), 'USE TEMP B-TREE FOR LAST TERM OF ORDER BY'],
  ],
  ['a condition and an order', { where: { s: 's1' }, orderBy: { field: 'n' } }, [S(EQUAL), SORTED]],
  ['what has no index', { where: { plain: 1 } }, [ALL]],
  ['or with an alternative that has no index', { where: { or: [{ n: 5 }, { plain: 1 }] } }, [ALL]],
  ['ne', { where: { n: { ne: 5 } } }, [ALL]],
  ['the key', {}, [ALL]],
])('a query by %s', async (_, query, plan) => {
  expect(await plansOf(() => port.viewStore.query({ ...PROJECTION, ...query, limit: 5 }))).toEqual(plan)
})

it.each<[string, NonNullable<ViewQuery['where']>, string[]]>([
  ['equality', { n: 5 }, [N(EQUAL)]],
  ['a range', { n: { gte: 5, lt: 9 } }, [N('(<expr>=? AND <expr>>? AND <expr><?)')]],
  ['in', { s: { in: ['s1', 's2'] } }, [S(EQUAL)]],
  ['ne', { n: { ne: 5 } }, [N('(<expr>>?)')]],
  ['or', { or: [{ n: 5 }, { s: 's1' }] }, ['MULTI-INDEX OR', 'INDEX 1', N(EQUAL), 'INDEX 2', S(EQUAL)]],
  ['what has no index', { plain: { ne: 1 } }, [ALL]],
])('a count by %s', async (_, where, plan) => {
  expect(await plansOf(() => port.viewStore.count({ ...PROJECTION, where }))).toEqual(plan)
})

it('the pages of an order begin in the index where the page before ended', async () => {
  const plans = await plansOf(() => keysOf(port, { orderBy: { field: 's' }, limit: 50 }))
  expect(new Set(plans)).toEqual(
    new Set([S('(<expr>>?)'), S('(<expr>=? AND <expr>=? AND key>?)'), S('(<expr>=? AND <expr>>?)')]),
  )
})

it('an index is of its own version, and goes with it', async () => {
  const indexes = () =>
    sql(`SELECT name FROM sqlite_schema WHERE name LIKE 'views:%' ORDER BY name`).map(({ name }) => name)
  await port.viewStore.index?.('overview', 2, ['n', 'N'])
  await port.viewStore.index?.('overview', 12, ['n'])
  expect(indexes()).toEqual([
    ...['views:overview:12:n', 'views:overview:1:a.b', 'views:overview:1:n', 'views:overview:1:s'],
    ...['views:overview:2:^N', 'views:overview:2:n'],
  ])
  expect(await plansOf(() => port.viewStore.count({ projection: 'overview', version: 3, where: { n: 1 } }))).toEqual([
    ALL,
  ])
  await port.viewStore.drop('overview', 1)
  expect(indexes()).toEqual(['views:overview:12:n', 'views:overview:2:^N', 'views:overview:2:n'])
  expect(sql(`SELECT idx FROM sqlite_stat1 WHERE idx LIKE 'views:overview:1:%'`)).toEqual([])
})

it('is refused for a projection whose name is not plain', async () => {
  await expect(port.viewStore.index?.("x'--", 1, ['n'])).rejects.toMatchObject({ code: 'InvalidQuery' })
})
