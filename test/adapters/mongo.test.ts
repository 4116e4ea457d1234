import { MongoClient } from 'mongodb'
import { afterAll } from 'vitest'
import { openMongoPort } from '../../src/adapters/mongo/index.ts'
import type { ConformanceAdapter } from '../../src/testing/conformance/index.ts'
import { dropDatabases, findServer, newDatabaseName } from '../support/mongo/server.ts'
import { runConformance } from '../support/run-conformance.ts'

const server = await findServer()
const client = new MongoClient(server ?? 'mongodb://127.0.0.1')
afterAll(() => client.close())

function mongo(slots: number): ConformanceAdapter {
  const databases = new Map<object, string>()
  const open = async (database: string, options?: object) => {
    const port = await openMongoPort(client, { ...options, database, slots })
    databases.set(port, database)
    return port
  }
  return {
    ranges: slots,
    open: (options) => open(newDatabaseName(), options),
    reopen: (port) => open(databases.get(port) as string),
    cleanUp: () => dropDatabases(client, new Set(databases.values())),
  }
}

for (const slots of [1, 8]) runConformance(`mongo, slots: ${slots}`, () => mongo(slots), { skip: server === undefined })
