import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoInstance } from 'mongodb-memory-server-core'
import { freePort } from '../free-port.ts'

/** A server on loopback that belongs to a replica set, or is to. Its data outlive its process. */
export type Member = {
  readonly port: number
  /** Starts the process, where it stopped if it ran before. */
  start(): Promise<void>
  /** Ends the process as a power cut would, for the process. */
  kill(): Promise<void>
  /** Sends a signal to the process, such as `SIGSTOP`. */
  signal(name: NodeJS.Signals): void
  /** Ends the process and removes the data. */
  stop(): Promise<void>
}

/** How a server is started. */
export type MongodOptions = {
  /** More parameters for its command line. */
  readonly parameters?: readonly string[]
  /** The size of its oplog in megabytes; default 256. */
  readonly oplog?: number
  /** Where the folder of its data is made; default where temporary files live. */
  readonly parent?: string
}

/** Makes a member of a set by this name, which is not started yet. */
export async function makeMember(
  replSet: string,
  { parameters = [], oplog = 256, parent = tmpdir() }: MongodOptions = {},
): Promise<Member> {
  const dbPath = await mkdtemp(join(parent, 'tidemark-mongod-'))
  const port = await freePort()
  const args = ['--wiredTigerCacheSizeGB', '0.25', '--oplogSize', String(oplog), ...parameters]
  const instance = { port, ip: '127.0.0.1', dbPath, replSet, storageEngine: 'wiredTiger', args } as const
  let running: MongoInstance | undefined
  return {
    port,
    async start() {
      running = await MongoInstance.create({ instance: { ...instance, launchTimeout: 60_000 } })
    },
    async kill() {
      const mongod = running?.mongodProcess
      if (running === undefined || mongod === undefined) return
      const gone = once(mongod, 'exit')
      mongod.kill('SIGKILL')
      await gone
      await running.stop()
      running = undefined
    },
    signal(name) {
      running?.mongodProcess?.kill(name)
    },
    async stop() {
      await running?.stop()
      running = undefined
      await rm(dbPath, { recursive: true, force: true })
    },
  }
}
