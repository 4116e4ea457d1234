import { type MemoryStorage, openMemory } from '../../src/testing/memory/index.ts'
import { runConformance } from '../support/run-conformance.ts'

for (const ranges of [1, 4]) {
  runConformance(`memory, ${ranges} feed ranges`, () => ({
    ranges,
    open: async (options) => openMemory({ ranges, ...options }),
    reopen: async (port) => (port as MemoryStorage).reopen(),
  }))
}
