import type { MongoClient } from 'mongodb'
import type { ReadingEvent } from './appenders.ts'
import { urlOf } from './url.ts'

/** What the benchmarks use of emmett's event store. */
export type EmmettStore = {
  appendToStream(
    streamName: string,
    events: readonly ReadingEvent[],
    options: { readonly expectedStreamVersion: bigint },
  ): Promise<{ readonly nextExpectedStreamVersion: bigint }>
}

type EmmettModule = {
  readonly MongoClient: typeof MongoClient
  getMongoDBEventStore(options: { readonly client: MongoClient }): EmmettStore
}

/** Stands below what is compared with it. */
export const asEmmettDoes =
  'emmett-mongodb 0.42 keeps a stream in one document, with neither a transaction nor a change feed'

/**
 * Opens an event store of emmett as its documentation says, with a client of the driver that it wants, in a database
 * of its own. It keeps a stream in one document. It leaves the write concern to the client, which is made with that of
 * Tidemark; since MongoDB 5 that is the server's default.
 *
 * @param uri the server's connection string
 */
export async function openEmmett(uri: string, database: string): Promise<EmmettStore & AsyncDisposable> {
  // Not a literal: the package is no dependency of the project, so the compiler must not look for it.
  const entry = new URL('../../peers/mongodb/emmett.mjs', import.meta.url).href
  const emmett = (await import(entry)) as EmmettModule
  const client = new emmett.MongoClient(urlOf(uri, database), { writeConcern: { w: 'majority', journal: true } })
  await client.connect()
  const store = emmett.getMongoDBEventStore({ client })
  return {
    appendToStream: (streamName, events, options) => store.appendToStream(streamName, events, options),
    async [Symbol.asyncDispose]() {
      await client.db(database).dropDatabase()
      await client.close()
    },
  }
}
