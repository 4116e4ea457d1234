import { type Db, type Document, MongoServerError } from 'mongodb'
import { UnsupportedStorage } from '../../../core/errors/storage.ts'

const COMMAND_NOT_FOUND = 59

/**
 * Makes sure that the server has transactions: that it belongs to a replica set, or to a sharded cluster.
 *
 * @throws UnsupportedStorage that says how a server by itself becomes a replica set
 */
export async function assertDeployment(database: Db): Promise<void> {
  const { setName, msg } = await hello(database)
  if (typeof setName === 'string' || msg === 'isdbgrid') return
  throw new UnsupportedStorage(
    'This MongoDB server stands by itself, and only a replica set has transactions. One server is enough for a set: ' +
      'start mongod with --replSet rs0, then run rs.initiate() in mongosh once',
  )
}

// The first releases of 4.4 know it by its older name only.
async function hello(database: Db): Promise<Document> {
  try {
    return await database.command({ hello: 1 })
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === COMMAND_NOT_FOUND)) throw error
    return await database.command({ isMaster: 1 })
  }
}
