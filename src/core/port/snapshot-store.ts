import type { Json, JsonObject } from '../json/json.ts'

/** An aggregate's state at a version of its stream. It only saves time: losing one loses no data. */
export type SnapshotDocument = {
  /** The stream's id. */
  readonly id: string
  /** The version of the last event that is folded in. */
  readonly version: number
  /** The id of that event: a different one there means a different history. Older snapshots have none. */
  readonly eventId?: string
  readonly state: Json
  /** Present if the state is sealed, because it was folded from personal data. */
  readonly sealed?: true
  /** A fingerprint of the code that computed the state; with a different one, the snapshot is useless. */
  readonly definition: string
  /** The incarnation of the log that it was folded from. */
  readonly incarnation: string
  /** ISO 8601 in UTC. */
  readonly takenAt: string
  /** What shows that it is as it was saved, if snapshots are sealed against changes. */
  readonly seal?: JsonObject
}

/** Stores snapshots, one for each stream. */
export interface SnapshotStore {
  get(streamId: string): Promise<SnapshotDocument | undefined>
  /** Replaces the stream's snapshot, whatever it was. */
  save(snapshot: SnapshotDocument): Promise<void>
  remove(streamId: string): Promise<void>
}
