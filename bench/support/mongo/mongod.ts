import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient, MongoServerError } from 'mongodb'
import { MongoBinary, MongoInstance } from 'mongodb-memory-server-core'
import { freePort } from '../free-port.ts'

/** A server of our own: a replica set of one, whose data outlive its process. */
export type Mongod = {
  /** With one host, so that the driver finds the set's only member. */
  readonly uri: string
  readonly port: number
  /** Ends the process as a power cut would, for the process. */
  kill(): Promise<void>
  /** Starts the process again where it stopped, and waits until it is primary. */
  start(): Promise<void>
  /** Ends the process and removes the data. */
  stop(): Promise<void>
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

/** How a server is started. */
export type MongodOptions = {
  /** More parameters for its command line. */
  readonly parameters?: readonly string[]
  /** Where the folder of its data is made; default where temporary files live. */
  readonly parent?: string
}

/** Starts a server on loopback. @throws Error that says why it cannot be */
export async function startMongod({ parameters = [], parent = tmpdir() }: MongodOptions = {}): Promise<Mongod> {
  await findMongod()
  const folder = await mkdtemp(join(parent, 'tidemark-mongod-'))
  const port = await freePort()
  const uri = `mongodb://127.0.0.1:${port}/?replicaSet=${SET}`
  const instance = { port, ip: '127.0.0.1', dbPath: folder, replSet: SET, storageEngine: 'wiredTiger' } as const
  let running: MongoInstance | undefined
  const start = async () => {
    const args = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', '256', ...parameters]
    running = await MongoInstance.create({ instance: { ...instance, args, launchTimeout: 60_000 } })
    await untilPrimary(`mongodb://127.0.0.1:${port}/?directConnection=true`, `127.0.0.1:${port}`)
  }
  const stop = async () => {
    await running?.stop()
    running = undefined
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    uri,
    port,
    async kill() {
      const mongod = running?.mongodProcess
      if (running === undefined || mongod === undefined) return
      const gone = once(mongod, 'exit')
      mongod.kill('SIGKILL')
      await gone
      await running.stop()
      running = undefined
    },
    start,
    stop,
  }
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
