import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { AppendMode } from '../../../src/adapters/cosmos/index.ts'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { openMongoPort } from '../../../src/adapters/mongo/index.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { cosmosDatabases } from '../../support/cosmos/databases.ts'
import { dropDatabases, newDatabaseName } from '../../support/mongo/server.ts'

/** Opens a new, empty storage, which is gone when it was closed. */
export type OpenNew = () => Promise<StoragePort>

export const memory: OpenNew = async () => openMemory({ ranges: 3, limits: { eventsPerAppend: 100 } })

export const folder: OpenNew = async () => {
  const path = await mkdtemp(join(tmpdir(), 'tidemark-copy-'))
  const storage = await openEmbeddedPort(path, { ranges: 2 })
  const close = async () => {
    await storage.close()
    await rm(path, { recursive: true, force: true })
  }
  return { ...storage, close, [Symbol.asyncDispose]: close }
}

/** A database in an emulator of Azure Cosmos DB in this process. */
export const cosmos =
  (append: AppendMode): OpenNew =>
  async () => {
    const databases = cosmosDatabases(2, { append, pollInterval: 100 })
    const storage = await databases.open()
    const close = async () => {
      await storage.close()
      await databases.cleanUp?.()
    }
    return { ...storage, close, [Symbol.asyncDispose]: close }
  }

/** A database on a MongoDB server. */
export const mongo =
  (server: string): OpenNew =>
  async () => {
    const client = new MongoClient(server)
    const database = newDatabaseName()
    const storage = await openMongoPort(client, { database, slots: 2 })
    const close = async () => {
      await storage.close()
      await dropDatabases(client, [database])
      await client.close()
    }
    return { ...storage, close, [Symbol.asyncDispose]: close }
  }
