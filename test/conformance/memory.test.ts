import { type MemoryStorage, openMemory } from '../../src/testing/memory/index.ts'
import { runConformance } from '../support/run-conformance.ts'

for (const ranges of [1, 4]) {
  runConformance(`memory, ${ranges} feed ranges`, () => ({
    ranges,
    open: async (options) => openMemory({ ranges, ...options }),
    reopen: async (port, options) => (port as MemoryStorage).reopen(options),
    loseTail: async (port, streamId, from) => (port as MemoryStorage).loseTail(streamId, from),
  }))
}
