import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'

/** A storage to run a test over. */
export type StorageCase = {
  readonly name: string
  /** What a test may multiply its effort by: opening a folder takes far longer than opening nothing. */
  readonly effort: number
  /** Opens an empty one; it is gone when it is disposed of. */
  open(): Promise<StoragePort>
}

const memory = (ranges: number): StorageCase => ({
  name: `in memory, with ${ranges} feed ranges`,
  effort: 1,
  open: async () => openMemory({ ranges }),
})

const embedded = (ranges: number): StorageCase => ({
  name: `in a folder, with ${ranges} feed ranges`,
  effort: 0.06,
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-projecting-'))
    const port = await openEmbeddedPort(folder, { ranges })
    const close = async () => {
      await port.close()
      await rm(folder, { recursive: true, force: true })
    }
    return { ...port, [Symbol.asyncDispose]: close }
  },
})

/** Each kind of storage that runs without a server, with one range and with several. */
export const storages: readonly StorageCase[] = [memory(1), memory(4), embedded(1), embedded(4)]
