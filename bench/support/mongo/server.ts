import { findMongod, type Mongod, startMongod } from './mongod.ts'

/** The MongoDB server of a run. */
export type BenchServer = AsyncDisposable & {
  /** Its connection string; a server of our own is started when it is first asked for. */
  uri(): Promise<string>
}

/**
 * The replica set that `MONGODB_URI` names, or else a server of our own, which is removed at the end.
 *
 * @param folder where a server of our own keeps its data
 * @throws Error that says why there is none
 */
export async function findServer(folder: string): Promise<BenchServer> {
  const { MONGODB_URI: given = '' } = process.env
  if (given !== '') return { uri: async () => given, [Symbol.asyncDispose]: async () => {} }
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
