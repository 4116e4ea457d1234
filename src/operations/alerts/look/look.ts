import type { Snapshot } from '../../model/snapshot.ts'
import type { Moment } from './observed-time.ts'
import type { Process } from './processes.ts'

/** What all rules look at: one snapshot, and what is derived from it once. */
export type Look = Moment & {
  readonly snapshot: Snapshot
  /** The processes of the system; null if it is unknown which there are. */
  readonly processes: readonly Process[] | null
}
