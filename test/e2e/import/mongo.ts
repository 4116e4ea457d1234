import { MongoClient } from 'mongodb'
import { urlOf } from '../../../bench/support/mongo/url.ts'
import { dropDatabases, findServer, newDatabaseName } from '../../support/mongo/server.ts'

/** A database on the run's server with four feed ranges, which is gone when the test has ended. */
export async function mongoStorage(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = (await findServer()) as string
  const database = newDatabaseName()
  return {
    url: urlOf(server, database, 'slots=4'),
    async [Symbol.asyncDispose]() {
      await using client = new MongoClient(server)
      await dropDatabases(client, [database])
    },
  }
}
