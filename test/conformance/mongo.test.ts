import { MongoClient } from 'mongodb'
import { afterAll } from 'vitest'
import { mongoDatabases } from '../support/mongo/databases.ts'
import { findServer } from '../support/mongo/server.ts'
import { runConformance } from '../support/run-conformance.ts'

const server = await findServer()
const client = new MongoClient(server ?? 'mongodb://127.0.0.1')
afterAll(() => client.close())

const skip = server === undefined
for (const slots of [1, 8]) runConformance(`mongo, slots: ${slots}`, () => mongoDatabases(client, slots), { skip })
