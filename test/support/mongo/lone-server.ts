import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { MongoInstance } from 'mongodb-memory-server-core'
import { freePort } from '../../../bench/support/free-port.ts'
import { findMongod } from '../../../bench/support/mongo/mongod.ts'

/** A server that nobody but one test uses, and which is gone with its data when it is disposed of. */
export type LoneServer = AsyncDisposable & {
  /** `127.0.0.1:<port>` */
  readonly host: string
}

/** Starts a server that is in no replica set. */
export const standalone = (): Promise<LoneServer> => start(async () => ({ auth: false, args: [] }))

const ROOT = { user: 'root', password: 'all-may-be-done' }

/**
 * Starts a replica set of one, `rs0`, that asks who one is. `root` may do everything with the password
 * `all-may-be-done`.
 *
 * @param users others by their name: password, and roles in the database `meters`, where they are
 */
export async function guarded(
  users: Readonly<Record<string, { readonly password: string; readonly roles: readonly string[] }>>,
): Promise<LoneServer> {
  const server = await start(async (folder) => {
    const key = join(folder, 'key')
    await writeFile(key, 'aKeyForTheMembersOfASetOfWhichThereIsOne')
    await chmod(key, 0o600)
    return { auth: true, args: ['--replSet', 'rs0', '--keyFile', key] }
  })
  const { host } = server
  {
    await using client = new MongoClient(`mongodb://${host}/?directConnection=true`)
    const admin = client.db('admin')
    await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } })
    while ((await admin.command({ isMaster: 1 })).ismaster !== true) await new Promise((go) => setTimeout(go, 50))
    // The first user, whom anybody on the server's own machine can make.
    await admin.command({ createUser: ROOT.user, pwd: ROOT.password, roles: ['root'] })
  }
  await using client = new MongoClient(`mongodb://${ROOT.user}:${ROOT.password}@${host}/?directConnection=true`)
  for (const [name, { password, roles }] of Object.entries(users)) {
    await client.db('meters').command({ createUser: name, pwd: password, roles })
  }
  return server
}

type Parameters = { readonly auth: boolean; readonly args: readonly string[] }

async function start(parametersFor: (folder: string) => Promise<Parameters>): Promise<LoneServer> {
  await findMongod()
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-lone-mongod-'))
  const port = await freePort()
  const { auth, args } = await parametersFor(folder)
  const instance = { port, ip: '127.0.0.1', dbPath: folder, storageEngine: 'wiredTiger', auth } as const
  const running = await MongoInstance.create({
    instance: { ...instance, args: [...args, '--wiredTigerCacheSizeGB', '0.25'], launchTimeout: 60_000 },
  }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  return {
    host: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
