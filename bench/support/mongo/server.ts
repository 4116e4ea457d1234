import { MongoClient } from 'mongodb'
import { findMongod, type Mongod, startMongod } from './mongod.ts'

/** The MongoDB server of a run. */
export type BenchServer = AsyncDisposable & {
  /** Its connection string; a server of our own is started when it is first asked for. */
  uri(): Promise<string>
}

// Milliseconds after which a server that does not answer is none.
const PATIENCE = 5_000

/**
 * The replica set that `MONGODB_URI` names, or else a server of our own, which is removed at the end.
 *
 * @param folder where a server of our own keeps its data
 * @throws Error that says why there is none
 */
export async function findServer(folder: string): Promise<BenchServer> {
  const { MONGODB_URI: given = '' } = process.env
  if (given !== '') {
    await assertAnswers(given)
    return { uri: async () => given, [Symbol.asyncDispose]: async () => {} }
  }
  await findMongod()
  let mongod: Promise<Mongod> | undefined
  return {
    async uri() {
      mongod ??= startMongod({ parent: folder })
      return (await mongod).uri
    },
    async [Symbol.asyncDispose]() {
      await (await mongod)?.stop()
    },
  }
}

async function assertAnswers(uri: string): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: PATIENCE })
  try {
    await client.db('admin').command({ ping: 1 })
  } catch {
    // Without the driver's own words, which repeat the hosts of the connection string.
    throw new Error('the server that MONGODB_URI names does not answer')
  } finally {
    await client.close()
  }
}
