import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CosmosClient } from '@azure/cosmos'
import { openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import { hashOf } from '../../../src/adapters/cosmos/partitions/hash.ts'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import { cutRange } from '../../../src/adapters/embedded/slots/cut-range.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { containsHash } from '../../../src/core/positions/hash-interval.ts'
import { hashOf as slotHashOf } from '../../../src/core/positions/stream-slot.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { onModel } from '../mongo-model/on-model.ts'

/** A database for a soak. */
export type SoakTarget = AsyncDisposable & {
  /** Opens it, as another process does; whoever opens it closes it. */
  open(): Promise<StoragePort>
  /** Splits the feed range of a stream there, if the database can. */
  split?(streamId: string): void
}

function embedded(): SoakTarget {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-soak-'))
  return {
    open: () => openEmbeddedPort(folder, { ranges: 2 }),
    split: (streamId) => cutRange(folder, slotHashOf(streamId)),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

function memory(): SoakTarget {
  const storage = openMemory({ ranges: 2 })
  return {
    open: async () => storage.reopen(),
    split: (streamId) => storage.split(`${slotHashOf(streamId).slice(0, 6)}00`),
    [Symbol.asyncDispose]: () => storage.close(),
  }
}

function cosmos(): SoakTarget {
  const emulator = cosmosEmulator({ partitions: 2 })
  const { endpoint, key, httpClient } = emulator
  const client = new CosmosClient({ endpoint, key, httpClient })
  return {
    open: () => openCosmosPort(client, { database: 'x', setup: true }),
    split(streamId) {
      const around = emulator.partitions('x', 'events').find((one) => containsHash(one, hashOf(streamId)))
      if (around !== undefined) emulator.split('x', 'events', around.id)
    },
    [Symbol.asyncDispose]: async () => client.dispose(),
  }
}

async function mongo(): Promise<SoakTarget> {
  const on = await onModel()
  return { open: () => on.open({ slots: 2 }), [Symbol.asyncDispose]: () => on[Symbol.asyncDispose]() }
}

/** A fresh database of each adapter. */
export const soakTargets: Readonly<Record<string, () => SoakTarget | Promise<SoakTarget>>> = {
  memory,
  embedded,
  cosmos,
  mongo,
}
