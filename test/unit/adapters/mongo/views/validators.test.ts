import { type Document, MongoClient, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { DEFINITIONS, STORAGE } from '../../../../../src/adapters/mongo/setup/definitions.ts'
import { grow } from '../../../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { view } from '../../../../../src/testing/conformance/support/views.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../../../support/mongo/server.ts'

const server = await findServer()

/** Documents that break a schema at one place each, by what is wrong with them. */
function* broken(document: Document, schema: Document, path = ''): Generator<readonly [string, Document]> {
  for (const [name, inner] of Object.entries<Document>(schema.properties)) {
    const place = `${path}${name}`
    const { [name]: value, ...others } = document
    if (schema.required.includes(name) && name !== '_id') yield [`without ${place}`, others]
    yield [`${place} of another type`, { ...document, [name]: anotherType(inner) }]
    if (inner.minimum !== undefined)
      yield [`${place} below ${inner.minimum}`, { ...document, [name]: inner.minimum - 1 }]
    if (inner.properties === undefined) continue
    for (const [what, other] of broken(value, inner, `${place}.`)) yield [what, { ...document, [name]: other }]
  }
}

const anotherType = ({ bsonType, enum: values }: Document): unknown =>
  values !== undefined || [bsonType].flat().includes('number') ? 'x' : 7

describe.skipIf(server === undefined)('the validator of', () => {
  const client = new MongoClient(server ?? 'mongodb://127.0.0.1')
  const database = newDatabaseName()
  const db = client.db(database)

  beforeAll(async () => {
    await using port = await openMongoPort(client, { database, slots: 1 })
    await grow(port, 'a:1', 2)
    await wholeFeed(port)
    await port.viewStore.save(view('k', { n: 1 }), 'ifAbsent')
    const range = { min: '', max: 'FF' }
    const state = { range, owner: null, expiresAt: 0, continuation: null, readTo: 0, incarnation: '' }
    await port.leases.save({ id: 'l', projection: 'p', version: 1, ...state }, 'ifAbsent')
    await port.snapshots.save({ id: 'a:1', version: 1, state: {}, definition: '', incarnation: '', takenAt: '' })
  })
  afterAll(async () => {
    await dropDatabases(client, [database])
    await client.close()
  })

  it.each(Object.entries({ ...DEFINITIONS, storage: STORAGE }))(
    '%s takes its documents, and no others',
    async (name, { schema }) => {
      const collection = db.collection<{ _id: unknown }>(name)
      const document = (await collection.findOne()) as Document
      const { matchedCount } = await collection.replaceOne({ _id: document._id }, document)
      expect(matchedCount).toBe(1)
      let count = 0
      for (const [what, { _id, ...other }] of broken(document, schema)) {
        const isId = what.startsWith('_id')
        const write = isId
          ? collection.insertOne({ ...other, _id } as never)
          : collection.replaceOne({ _id: document._id }, other)
        await expect(write, what).rejects.toMatchObject({ code: 121 })
        count++
      }
      expect(count).toBeGreaterThanOrEqual(3)
      // What another release adds, or somebody who looks after the database, is no fault.
      await collection.replaceOne({ _id: document._id }, { ...document, another: new ObjectId() })
    },
  )
})
