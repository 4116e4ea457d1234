import type { MongoClient } from 'mongodb'
import { openMongoPort } from '../../../src/adapters/mongo/index.ts'
import type { ConformanceAdapter } from '../../../src/testing/conformance/index.ts'
import { loseTail } from './lose-tail.ts'
import { dropDatabases, newDatabaseName } from './server.ts'

/** Databases to be opened by the suite, each made for one case and removed after it. */
export function mongoDatabases(client: MongoClient, slots: number): ConformanceAdapter {
  const databases = new Map<object, string>()
  const open = async (database: string, options?: object) => {
    const port = await openMongoPort(client, { onNotice() {}, ...options, database, slots })
    databases.set(port, database)
    return port
  }
  return {
    ranges: slots,
    open: (options) => open(newDatabaseName(), options),
    reopen: (port, options) => open(databases.get(port) as string, options),
    loseTail: (port, streamId, from) => loseTail(client, databases.get(port) as string, streamId, from),
    cleanUp: () => dropDatabases(client, new Set(databases.values())),
  }
}
