import type { StoragePort } from '../../core/port/storage.ts'
import type { ProcessorOptions } from '../../processor/processor.ts'
import type { MemoryStorage } from '../memory/index.ts'
import type { FaultKind } from './world/faults.ts'
import type { Part } from './world/parts.ts'

/** What is simulated; the seed decides everything that is not given. */
export type SimulationOptions = {
  /** A whole number; the same one gives the same run. */
  readonly seed: number
  /** The maximum number of events that are appended; default 200. */
  readonly events?: number
  /** Workers: by default 1 to 4. */
  readonly workers?: number
  /** Feed ranges at the beginning: by default 1 to 4. */
  readonly ranges?: number
  /** What may go wrong; by default everything. */
  readonly faults?: readonly FaultKind[]
  /** What else takes part; by default everything may, by seed. */
  readonly parts?: readonly Part[]
  /** Options of every worker's processor. */
  readonly processor?: Partial<ProcessorOptions>
  /**
   * Interposes something between the storage and all participants except the writers, for instance something that is
   * deliberately broken.
   */
  readonly interpose?: (port: StoragePort, db: MemoryStorage) => StoragePort
  /** How many of the last lines of the trace the report contains; default 0. */
  readonly trace?: number
}

/** The result of a simulation. */
export type SimulationReport = {
  readonly seed: number
  /** Failures; empty if all is well. */
  readonly failures: readonly string[]
  /** The number of steps. */
  readonly steps: number
  /** Virtual milliseconds. */
  readonly time: number
  /** Events that were appended. */
  readonly events: number
  /** How often each kind of fault occurred. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** How often the events of each part happened, by the part and the event. */
  readonly parts: Readonly<Record<string, number>>
  /** A fingerprint of everything that happened: equal for equal runs. */
  readonly hash: string
  readonly trace: readonly string[]
}
