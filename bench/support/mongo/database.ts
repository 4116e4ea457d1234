import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { type MongoOptions, type MongoStorage, openMongo } from '../../../src/mongo.ts'

/** A database of a measure's own on the run's server; it is removed afterwards. */
export type BenchDatabase = AsyncDisposable & {
  readonly client: MongoClient
  readonly name: string
  /** Opens a storage in it, which is closed before the database is removed. */
  open(options?: Partial<MongoOptions>): Promise<MongoStorage>
}

/** A new database, and a client for it alone. @param uri the server's connection string */
export function benchDatabase(uri: string): BenchDatabase {
  const client = new MongoClient(uri)
  const name = `tidemark_bench_${randomUUID()}`
  const opened: MongoStorage[] = []
  return {
    client,
    name,
    async open(options) {
      const storage = await openMongo(client, { ...options, database: name })
      opened.push(storage)
      return storage
    },
    async [Symbol.asyncDispose]() {
      try {
        for (const storage of opened) await storage.close()
        await client.db(name).dropDatabase()
      } finally {
        await client.close()
      }
    },
  }
}
