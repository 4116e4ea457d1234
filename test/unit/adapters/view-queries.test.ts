import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import type { Json, JsonObject } from '../../../src/core/json/json.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { Filter } from '../../../src/core/reading/filter.ts'
import { keysOf, PROJECTION, saveViews } from '../../../src/testing/conformance/support/views.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { cosmosDatabases } from '../../support/cosmos/databases.ts'
import { mongoDatabases } from '../../support/mongo/databases.ts'
import { serverOrModel } from '../../support/mongo/server-or-model.ts'
import { keysWhere, orderFault } from '../../support/plain-query.ts'

const SCALARS = [
  0,
  1,
  -1,
  1.5,
  2 ** 53,
  1e21,
  '',
  '0',
  '1',
  'a',
  'A',
  'ab',
  'é',
  '\uffee',
  '😀',
  'null',
  true,
  false,
  null,
]
const VALUES: readonly (Json | undefined)[] = [
  ...SCALARS,
  undefined,
  [],
  [1],
  ['a'],
  {},
  { b: 1 },
  { b: 'a' },
  [{ b: 1 }],
]

// Each value of each field with others of the others.
const DATA = Object.fromEntries(
  VALUES.flatMap((_, i) =>
    [0, 1].map((turn): [string, JsonObject] => {
      const members = ['n', 's', 'a', 'or'].map((name, j) => [name, VALUES[(i * (j + 1) + turn * 11) % VALUES.length]])
      return [
        `k${turn}${String(i).padStart(2, '0')}`,
        Object.fromEntries(members.filter(([, value]) => value !== undefined)),
      ]
    }),
  ),
)

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SCALARS) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
)
const bound = scalar.filter((value) => typeof value === 'string' || typeof value === 'number')
const operators = fc
  .record(
    {
      ...{ gt: bound, gte: bound, lt: bound, lte: bound },
      ...{ in: fc.array(scalar, { maxLength: 4 }), ne: scalar },
    },
    { requiredKeys: [] },
  )
  .filter((test) => Object.keys(test).length > 0)
const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc
    .record(
      {
        n: fc.oneof(scalar, operators),
        s: fc.oneof(scalar, operators),
        'a.b': fc.oneof(scalar, operators),
        or: fc.oneof({ depthSize: 'small', maxDepth: 2 }, operators, fc.array(tie('filter'), { maxLength: 3 })),
      },
      { requiredKeys: [] },
    )
    .map((given) => given as Filter),
}))
const orderBy = fc.option(
  fc.record({
    field: fc.constantFrom('n', 's', 'a.b', 'a'),
    direction: fc.constantFrom('ascending' as const, 'descending' as const),
  }),
  { nil: undefined },
)

const folder = mkdtempSync(join(tmpdir(), 'tidemark-'))
const client = new MongoClient(await serverOrModel())
const mongo = mongoDatabases(client, 1)
const cosmos = cosmosDatabases(2, {})
afterAll(async () => {
  await mongo.cleanUp?.()
  await cosmos.cleanUp?.()
  await client.close()
  rmSync(folder, { recursive: true })
})

describe.each<[string, () => Promise<StoragePort>]>([
  ['memory', async () => openMemory()],
  ['embedded', () => openEmbeddedPort(folder)],
  ['MongoDB', () => mongo.open()],
  ['Azure Cosmos DB', () => cosmos.open()],
])('any query of views, on %s,', (_, open) => {
  let port: StoragePort
  beforeAll(async () => {
    port = await open()
    await saveViews(port, DATA)
  })
  afterAll(() => port?.close())

  it.each([false, true])(
    'finds, orders and counts as plain JavaScript does (indexed: %s)',
    async (indexed) => {
      if (indexed) await port.viewStore.index?.('overview', 1, ['n', 'a.b', 'or'])
      const property = fc.asyncProperty(filter, orderBy, async (where, order) => {
        const wanted = keysWhere(DATA, where)
        const found = await keysOf(port, { where, limit: 17, ...(order && { orderBy: order }) })
        expect(found.toSorted()).toEqual(wanted.toSorted())
        expect(orderFault(DATA, found, order)).toBeUndefined()
        expect(await port.viewStore.count({ ...PROJECTION, where })).toBe(wanted.length)
      })
      await fc.assert(property, { numRuns: 150 })
    },
    120_000,
  )
})
