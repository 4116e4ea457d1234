import { MongoClient } from 'mongodb'
import { type MongoOptions, type MongoPort, openMongoPort } from '../../../src/adapters/mongo/index.ts'
import { type MongoModel, startMongoModel } from './index.ts'

/** A model of a server with a client, and the storages that are opened on it. */
export type OnModel = AsyncDisposable & {
  readonly model: MongoModel
  readonly client: MongoClient
  /** Opens the storage `x`, of one slot where it is not said otherwise. */
  open(options?: Partial<MongoOptions>, by?: MongoClient): Promise<MongoPort>
}

/** Starts a model of a server. @param now its clock */
export async function onModel(now?: () => number): Promise<OnModel> {
  const model = await startMongoModel(now)
  const client = new MongoClient(model.uri)
  const ports: MongoPort[] = []
  return {
    model,
    client,
    async open(options = {}, by = client) {
      const port = await openMongoPort(by, { database: 'x', slots: 1, onNotice() {}, ...options })
      ports.push(port)
      return port
    },
    async [Symbol.asyncDispose]() {
      model.decide(undefined)
      for (const port of ports) await port.close()
      await client.close()
      await model[Symbol.asyncDispose]()
    },
  }
}
