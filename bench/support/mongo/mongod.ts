import { MongoClient, MongoServerError } from 'mongodb'
import { MongoBinary } from 'mongodb-memory-server-core'
import { type Member, type MongodOptions, makeMember } from './member.ts'

/** A server of our own: a replica set of one. Once it is started, it is primary. */
export type Mongod = Omit<Member, 'signal'> & {
  /** With one host, so that the driver finds the set's only member. */
  readonly uri: string
}

const SET = 'tidemark'
const ALREADY_INITIALIZED = 23

/**
 * Finds a server's program, or downloads it: `MONGOMS_SYSTEM_BINARY` names one, `MONGOMS_VERSION` says which to get.
 *
 * @throws Error that says why there is none
 */
export function findMongod(): Promise<string> {
  // That another version than the one which would be downloaded is used is what the variable is for.
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false'
  return MongoBinary.getPath()
}

/** Starts a server on loopback. @throws Error that says why it cannot be */
export async function startMongod(options: MongodOptions = {}): Promise<Mongod> {
  await findMongod()
  const member = await makeMember(SET, options)
  const { port, kill, stop } = member
  const start = async () => {
    await member.start()
    await untilPrimary(`mongodb://127.0.0.1:${port}/?directConnection=true`, `127.0.0.1:${port}`)
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { uri: `mongodb://127.0.0.1:${port}/?replicaSet=${SET}`, port, kill, start, stop }
}

async function untilPrimary(direct: string, host: string): Promise<void> {
  const client = new MongoClient(direct)
  try {
    const admin = client.db('admin')
    await admin.command({ replSetInitiate: { _id: SET, members: [{ _id: 0, host }] } }).catch((error: unknown) => {
      if (!(error instanceof MongoServerError && error.code === ALREADY_INITIALIZED)) throw error
    })
    for (const end = Date.now() + 60_000; ; ) {
      const { ismaster } = await admin.command({ isMaster: 1 })
      if (ismaster === true) return
      if (Date.now() > end) throw new Error(`${host} did not become primary`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    await client.close()
  }
}
