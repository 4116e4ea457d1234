import type { Clock } from '../../../src/core/clock.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'

/** Opens a new, empty storage; whoever opens one closes it. */
export type OpenStorage = (options?: { readonly clock?: Clock }) => Promise<StoragePort>

/** The storages that the tests of aggregates run on. */
export const storages: readonly (readonly [name: string, open: OpenStorage])[] = [
  ['memory', async (options) => openMemory(options)],
]
