import { randomInt } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest'
import { type MongoStorage, openMongo } from '../../../src/open/mongo.ts'
import { keepChildren } from '../../support/children.ts'
import { surviveKilledWriters } from '../../support/crash/killed-writers.ts'
import { checkAgreement } from '../../support/mongo/agreement.ts'
import { type Mongod, startMongod } from '../../support/mongo/mongod.ts'
import { canStartServers, newDatabaseName } from '../../support/mongo/server.ts'
import { surviveKilledWorkers } from '../../support/projecting/killed-workers.ts'

const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))
const children = keepChildren()
afterEach(() => children.killAll())

let mongod: Mongod
let client: MongoClient

describe.skipIf(!(await canStartServers()))('processes that are killed', () => {
  beforeAll(async () => {
    // What a killed process leaves open holds its streams for so long.
    mongod = await startMongod('--setParameter', 'transactionLifetimeLimitSeconds=2')
    client = new MongoClient(mongod.uri)
  }, 90_000)

  afterAll(async () => {
    await client?.close()
    await mongod?.stop()
  }, 60_000)

  const opened = async (work: (storage: MongoStorage, url: string) => Promise<void>, slots: number) => {
    const database = newDatabaseName()
    await using storage = await openMongo(client, { database, slots })
    await work(storage, mongod.uri.replace('/?', `/${database}?`))
    await checkAgreement(client.db(database))
  }

  it.each([
    [1, 1],
    [2, 8],
  ])(
    'while %i of them append, to %i slots, leave a log with all that was acknowledged',
    (writers, slots) =>
      opened((storage, url) => surviveKilledWriters(storage, url, { writers, rounds: 3, seed }), slots),
    180_000,
  )

  it(
    'while they project leave views that equal a plain fold of the log',
    () => opened((storage, url) => surviveKilledWorkers(storage, url, children, 6), 4),
    180_000,
  )
})
