import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import type { JsonObject } from '../../../../../src/core/json/json.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import type { Filter } from '../../../../../src/core/reading/filter.ts'
import { keysOf, saveViews } from '../../../../../src/testing/conformance/support/views.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { dropDatabases, newDatabaseName } from '../../../../support/mongo/server.ts'
import { serverOrModel } from '../../../../support/mongo/server-or-model.ts'

const server = await serverOrModel()

// What a caller who passes on what he was sent may hand over for a value, or what means something in queries.
const word = fc.constantFrom('$gt', '$ne', '$where', '$expr', '$in', '$regex', '$n', '$$ROOT', 'gt', 'lte', 'eq', '')
const scalar = fc.oneof(
  word,
  fc.string(),
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 2, arbitrary: fc.dictionary(word, scalar, { maxKeys: 2 }) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
)
const path = fc.constantFrom('n', 'n', 'a.b', '$where', '$or', 'n.$gt', 'data.n', '__proto__', 'constructor')
const filter = fc.dictionary(path, value, { maxKeys: 2 })
const field = fc.constantFrom(undefined, 'n', 'a.b', '$natural', 'a.$')

const DATA: readonly JsonObject[] = [
  ...['$gt', '$where', '$n', '$$ROOT', '', 'gt', 'x', 0, 1, -2, 1.5, true, false, null].map((n) => ({ n })),
  ...[['$gt'], [1], { $gt: '' }, { gt: 0 }, { $ne: null }].map((n) => ({ n })),
  { a: { b: 1 } },
  { a: { b: '$gt' } },
  { a: { b: null }, n: 'x' },
  { a: [{ b: 1 }] },
  {},
]

describe('a value in a query of views', () => {
  const client = new MongoClient(server)
  const database = newDatabaseName()
  const memory = openMemory()
  let port: StoragePort
  beforeAll(async () => {
    port = await openMongoPort(client, { database, slots: 1 })
    for (const storage of [memory, port]) {
      await saveViews(storage, Object.fromEntries(DATA.map((data, i) => [`k${String(i).padStart(2, '0')}`, data])))
    }
  })
  afterAll(async () => {
    await port?.close()
    await dropDatabases(client, [database])
    await client.close()
  })

  /** The keys of what is found, or the code of the refusal. */
  const answerOf = (storage: StoragePort, where: Filter, by: string | undefined) =>
    keysOf(storage, { where, limit: 5, ...(by !== undefined && { orderBy: { field: by } }) }).then(
      (keys) => keys.join(),
      (error: { readonly code: string }) => error.code,
    )

  it.each([false, true])(
    'is compared as a value or refused, never read as query language (indexed: %s)',
    async (indexed) => {
      if (indexed) await port.viewStore.index?.('overview', 1, ['n', 'a.b'])
      await fc.assert(
        fc.asyncProperty(filter, field, async (given, by) => {
          const where = given as Filter
          const [expected, found] = [await answerOf(memory, where, by), await answerOf(port, where, by)]
          // Views that have no place in the order are in no order between storages.
          const sorted = (answer: string) => answer.split(',').toSorted().join()
          return sorted(found) === sorted(expected)
        }),
        { numRuns: 300 },
      )
    },
  )
})
