import type { StoragePort } from '../../core/port/storage.ts'
import type { ProcessorOptions } from '../../processor/processor.ts'
import type { MemoryStorage } from '../memory/index.ts'
import type { FaultKind } from './world/faults.ts'
import type { Part } from './world/parts.ts'

/** What is simulated; the seed decides whatever is not given. */
export type SimulationOptions = {
  /** A whole number; the same one gives the same run. */
  readonly seed: number
  /** Events that are appended at most; default 200. */
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
  /** Puts something between everybody but the writers and the storage, something that is broken on purpose, say. */
  readonly interpose?: (port: StoragePort, db: MemoryStorage) => StoragePort
  /** How many of the last lines of the trace the report shall hold; default 0. */
  readonly trace?: number
}

/** What came of a simulation. */
export type SimulationReport = {
  readonly seed: number
  /** What must not be; empty when all is well. */
  readonly failures: readonly string[]
  /** How much happened, one thing after the other. */
  readonly steps: number
  /** Virtual milliseconds. */
  readonly time: number
  /** Events that were appended. */
  readonly events: number
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>
  /** How often what belongs to the parts happened, by the part and what it was. */
  readonly parts: Readonly<Record<string, number>>
  /** A fingerprint of everything that happened: equal for equal runs. */
  readonly hash: string
  readonly trace: readonly string[]
}
