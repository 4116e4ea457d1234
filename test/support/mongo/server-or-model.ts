import { afterAll } from 'vitest'
import { startMongoModel } from '../mongo-model/index.ts'
import { findServer } from './server.ts'

/**
 * The connection string of the run's server; where there is none, of a model of one, which lives as long as the tests of
 * this file. What the model shows is what the adapter does, so that a run without a server holds it to that.
 */
export async function serverOrModel(): Promise<string> {
  const server = await findServer()
  if (server !== undefined) return server
  const model = await startMongoModel()
  afterAll(() => model[Symbol.asyncDispose]())
  return model.uri
}
