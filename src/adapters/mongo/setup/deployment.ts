import type { Db, Document, MongoClient, TopologyDescriptionChangedEvent } from 'mongodb'
import { UnsupportedStorage } from '../../../core/errors/storage.ts'
import { serverCode } from '../client/driver-error.ts'

const COMMAND_NOT_FOUND = 59

// Our documents are encoded by its BSON, which other releases refuse.
const DRIVER = 7

const HOW = 'One server is enough for a set: start mongod with --replSet rs0, then run rs.initiate() in mongosh once'

/**
 * Connects a client that is not connected. If it were left to its first command, one failed connection would be
 * permanent, because the driver keeps what it has closed then.
 *
 * @throws UnsupportedStorage if each of its servers reports that it is in no replica set, or in another one; also if
 *   the client is of another release of the driver than required
 */
export async function connect(client: MongoClient): Promise<void> {
  await assertDriver(client)
  const refused = Promise.withResolvers<never>()
  // A server that responds so is dropped at once; one that is missing, or not ready, is waited for.
  const look = ({ newDescription: { type, setName, servers } }: TopologyDescriptionChangedEvent) => {
    if (type !== 'ReplicaSetNoPrimary' || servers.size > 0) return
    const what = `No server of the connection string is in a replica set called ${setName}: it has another name, or`
    refused.reject(new UnsupportedStorage(`${what} it is a standalone server, without transactions. ${HOW}`))
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
 * Asserts that the server has transactions: that it belongs to a replica set, or to a sharded cluster.
 *
 * @throws UnsupportedStorage that says how to turn a standalone server into a replica set
 */
export async function assertDeployment(database: Db): Promise<void> {
  const { setName, msg } = await hello(database)
  if (typeof setName === 'string' || msg === 'isdbgrid') return
  throw new UnsupportedStorage(
    `This MongoDB server is a standalone server, and only a replica set has transactions. ${HOW}`,
  )
}

// The first releases of 4.4 only know its older name.
async function hello(database: Db): Promise<Document> {
  try {
    return await database.command({ hello: 1 })
  } catch (error) {
    if (serverCode(error) !== COMMAND_NOT_FOUND) throw error
    return await database.command({ isMaster: 1 })
  }
}
