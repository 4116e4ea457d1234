import { MongoClient } from 'mongodb'
import { afterAll } from 'vitest'
import { mongoDatabases } from '../support/mongo/databases.ts'
import { startMongoModel } from '../support/mongo-model/index.ts'
import { runConformance } from '../support/run-conformance.ts'

// The adapter over a model of a server, so that every run holds it to the suite; mongo.test.ts asks a real one.
const model = await startMongoModel()
const client = new MongoClient(model.uri)
afterAll(async () => {
  await client.close()
  await model[Symbol.asyncDispose]()
})

runConformance('mongo on a model, slots: 4', () => mongoDatabases(client, 4))
