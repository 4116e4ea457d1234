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
// Mostly one condition or operator: of several, few views would be left for any to be wrong about.
const test = fc.oneof(
  scalar,
  fc.record({ ne: scalar }),
  fc.record({ in: fc.array(scalar, { maxLength: 5 }) }),
  fc.tuple(fc.constantFrom('gt', 'gte', 'lt', 'lte'), bound).map(([operator, value]) => ({ [operator]: value })),
  fc.record({ gte: bound, lt: bound, ne: scalar }),
)
const path = fc.constantFrom('n', 's', 'a', 'a.b', 'or')
const condition = fc.tuple(path, test).map(([path, test]) => ({ [path]: test }))
const { filter } = fc.letrec<{ filter: Filter }>((tie) => {
  const alternatives = fc.array(tie('filter'), { maxLength: 3 }).map((or) => ({ or }))
  const all = fc.tuple(condition, fc.oneof(condition, alternatives)).map(([a, b]) => ({ ...a, ...b }))
  return {
    filter: fc
      .oneof({ maxDepth: 2 }, { weight: 3, arbitrary: condition }, all, { weight: 2, arbitrary: alternatives })
      .map((given) => given as Filter),
  }
})
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
