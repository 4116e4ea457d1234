import type { Db, Document, MongoClient, TopologyDescriptionChangedEvent } from 'mongodb'
import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import { serverCode } from '../client/driver-error.ts'

const COMMAND_NOT_FOUND = 59

// Documents of ours are of its BSON, which others refuse.
const DRIVER = 7

const HOW = 'One server is enough for a set: start mongod with --replSet rs0, then run rs.initiate() in mongosh once'

/**
 * Connects a client that is not connected. Left to its first command, a connection that failed once would fail for good:
 * the driver keeps what it has closed then.
 *
 * @throws UnsupportedStorage when each of its servers says that it is in no replica set, or in another one; also when it
 *   is a client of another release of the driver than is needed
 */
export async function connect(client: MongoClient): Promise<void> {
  await assertDriver(client)
  const refused = Promise.withResolvers<never>()
  // A server that answers so is struck off at once; one that is not there, or not ready, is waited for.
  const look = ({ newDescription: { type, setName, servers } }: TopologyDescriptionChangedEvent) => {
    if (type !== 'ReplicaSetNoPrimary' || servers.size > 0) return
    const what = `No server of the connection string is in a replica set called ${setName}: it has another name, or`
    refused.reject(new UnsupportedStorage(`${what} a server stands by itself, without transactions. ${HOW}`))
  }
  client.on('topologyDescriptionChanged', look)
  try {
    await Promise.race([client.connect(), refused.promise])
  } finally {
    client.off('topologyDescriptionChanged', look)
  }
}

type Metadata = { readonly driver?: { readonly version?: string } }

async function assertDriver({ options }: MongoClient): Promise<void> {
  const { metadata } = options as { readonly metadata?: PromiseLike<Metadata> | Metadata }
  const { driver } = (await metadata) ?? {}
  const release = Number.parseInt(driver?.version ?? '', 10)
  if (Number.isNaN(release) || release === DRIVER) return
  throw new UnsupportedStorage(`The MongoClient is of release ${release} of the package mongodb; ${DRIVER} is needed`)
}

/**
 * Makes sure that the server has transactions: that it belongs to a replica set, or to a sharded cluster.
 *
 * @throws UnsupportedStorage that says how a server by itself becomes a replica set
 */
export async function assertDeployment(database: Db): Promise<void> {
  const { setName, msg } = await hello(database)
  if (typeof setName === 'string' || msg === 'isdbgrid') return
  throw new UnsupportedStorage(`This MongoDB server stands by itself, and only a replica set has transactions. ${HOW}`)
}

// The first releases of 4.4 know it by its older name only.
async function hello(database: Db): Promise<Document> {
  try {
    return await database.command({ hello: 1 })
  } catch (error) {
    if (serverCode(error) !== COMMAND_NOT_FOUND) throw error
    return await database.command({ isMaster: 1 })
  }
}
