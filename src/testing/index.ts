// Published as `tidemark/testing`: what tests of applications and of adapters use. No test runner is in it.

export {
  type ConformanceAdapter,
  type ConformanceCase,
  type ConformanceContext,
  conformanceSuite,
  runConformanceCase,
} from './conformance/index.ts'
export { type ManualClock, manualClock } from './manual-clock.ts'
export { type MemoryOptions, type MemoryStorage, openMemory } from './memory/index.ts'
