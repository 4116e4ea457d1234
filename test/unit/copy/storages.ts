import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppendMode } from '../../../src/adapters/cosmos/index.ts'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { cosmosDatabases } from '../../support/cosmos/databases.ts'

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
