import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'

/** Opens a new, empty storage; whoever opens one closes it. */
export type OpenStorage = (options?: { readonly clock?: Clock }) => Promise<StoragePort>

/** The storages that the tests of aggregates run on. */
export const storages: readonly (readonly [name: string, open: OpenStorage])[] = [
  ['memory', async (options) => openMemory(options)],
  ['a folder', openFolder],
]

/** A folder that is gone when its storage was closed. */
async function openFolder(options: { readonly clock?: Clock } = {}): Promise<StoragePort> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-aggregates-'))
  const storage = await openEmbeddedPort(folder, { ...options, ranges: 2 })
  return {
    ...storage,
    [Symbol.asyncDispose]: async () => {
      await storage.close()
      await rm(folder, { recursive: true })
    },
  }
}
