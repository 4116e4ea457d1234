import { get } from 'node:http'
import { json } from 'node:stream/consumers'
import type { MongoClient } from 'mongodb'
import { describe, inject } from 'vitest'
import type { FoundServer } from './global-setup.ts'

/**
 * The connection string of the run's server; where there is none, undefined, which the run has said by then.
 *
 * @throws Error where the run must not do without: `npm run test:mongo`
 */
export async function findServer(): Promise<string | undefined> {
  const found = await new Promise<FoundServer>((resolve, reject) => {
    get(inject('mongo'), (response) => json(response).then((answer) => resolve(answer as FoundServer), reject)).on(
      'error',
      reject,
    )
  })
  if ('uri' in found) return found.uri
  if (process.env.TIDEMARK_TEST_MONGO === 'required') throw new Error(`No MongoDB server: ${found.missing}`)
  return undefined
}

/** `describe`, for tests that need a server: skipped where there is none. */
export const describeWith = (server: string | undefined) => describe.skipIf(server === undefined)

let databases = 0

/** A name that no other database has. */
export const newDatabaseName = (): string => `tidemark_test_${process.pid}_${Date.now().toString(36)}_${databases++}`

/** Removes databases that tests made. */
export async function dropDatabases(client: MongoClient, names: Iterable<string>): Promise<void> {
  for (const name of names) await client.db(name).dropDatabase()
}
