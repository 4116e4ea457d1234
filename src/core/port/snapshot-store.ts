import type { Json } from '../json/json.ts'

/** An aggregate's state at a version of its stream. It saves time and nothing else: losing one loses nothing. */
export type SnapshotDocument = {
  /** The stream's id. */
  readonly id: string
  /** The version of the last event that is folded in. */
  readonly version: number
  /** The id of that event: another one there means another history. Older snapshots have none. */
  readonly eventId?: string
  readonly state: Json
  /** A fingerprint of the code that made the state; another one means that the snapshot is of no use. */
  readonly definition: string
  /** The life of the log that it was folded from. */
  readonly incarnation: string
  /** ISO 8601 in UTC. */
  readonly takenAt: string
}

/** Where snapshots live, one a stream. */
export interface SnapshotStore {
  get(streamId: string): Promise<SnapshotDocument | undefined>
  /** Replaces the stream's snapshot, whatever it was. */
  save(snapshot: SnapshotDocument): Promise<void>
  remove(streamId: string): Promise<void>
}
