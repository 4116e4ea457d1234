import { get } from 'node:http'
import { json } from 'node:stream/consumers'
import type { MongoClient } from 'mongodb'
import { inject } from 'vitest'
import type { Found, Wanted } from './global-setup.ts'

/**
 * The connection string of the run's server; where there is none, undefined, which the run has said by then.
 *
 * @throws Error where the run must not do without: `npm run test:mongo`, or where `MONGODB_URI` gives one that is not there
 */
export const findServer = (): Promise<string | undefined> => find('server')

/**
 * Whether servers can be started, and killed; the run has said by then that they cannot.
 *
 * @throws as `findServer` does, where there is no other server either
 */
export const canStartServers = async (): Promise<boolean> => (await find('program')) !== undefined

/**
 * Whether all is run on MongoDB, however long that takes: `npm run test:mongo`, and a soak. A run of all tests has a
 * part of it.
 */
export const isThorough: boolean =
  process.env.TIDEMARK_TEST_MONGO === 'required' || Number(process.env.TIDEMARK_SOAK_MINUTES || 0) > 0

async function find(wanted: Wanted): Promise<string | undefined> {
  const answer = await new Promise<Found>((resolve, reject) => {
    const request = get(`${inject('mongo')}/${wanted}`, (response) => {
      json(response).then((found) => resolve(found as Found), reject)
    })
    request.on('error', reject)
  })
  if ('found' in answer) return answer.found
  const { TIDEMARK_TEST_MONGO, MONGODB_URI } = process.env
  const isRequired = MONGODB_URI ? wanted === 'server' : TIDEMARK_TEST_MONGO === 'required'
  if (isRequired) throw new Error(`There is no MongoDB server: ${answer.missing}`)
  return undefined
}

let databases = 0

/** A name that no other database has. */
export const newDatabaseName = (): string => `tidemark_test_${process.pid}_${Date.now().toString(36)}_${databases++}`

/** Removes databases that tests made. */
export async function dropDatabases(client: MongoClient, names: Iterable<string>): Promise<void> {
  for (const name of names) await client.db(name).dropDatabase()
}
