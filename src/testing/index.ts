// Published as `tidemark/testing`, for tests of applications and of adapters. It contains no test runner.

export {
  type ConformanceAdapter,
  type ConformanceCase,
  type ConformanceContext,
  conformanceSuite,
  runConformanceCase,
} from './conformance/index.ts'
export { type ExpectedError, given, type When } from './given-when-then/aggregate.ts'
export {
  type GivenEvent,
  givenEvents,
  personForgotten,
  streamDeleted,
  type Then,
} from './given-when-then/projection.ts'
export { type ManualClock, manualClock } from './manual-clock.ts'
export { type MemoryOptions, type MemoryStorage, openMemory } from './memory/index.ts'
export { type SimulationOptions, type SimulationReport, simulate } from './simulate/simulate.ts'
export { FAULT_KINDS, type FaultKind } from './simulate/world/faults.ts'
export { PARTS, type Part } from './simulate/world/parts.ts'
