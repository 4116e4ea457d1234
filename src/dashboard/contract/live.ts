import type { Role } from './session.ts'
import type { TopicName, Topics } from './topics.ts'

// What `GET /api/live?topics=` sends, as Server-Sent Events: the event's name is the message's, and its id
// `<epoch>-<n>`. A client that resumes with an id that the server no longer has is sent snapshots.

/** The messages by the names of their events. */
export type LiveMessages = {
  hello: {
    readonly epoch: string
    readonly at: number
    readonly release: string
    readonly role: Role
    /** Milliseconds between two samples of the storage. */
    readonly everyMs: number
    /** The names of what `sample` sends, in its order. */
    readonly series: readonly string[]
  }
  snapshot: { [T in TopicName]: { readonly topic: T; readonly rev: number; readonly data: Topics[T] } }[TopicName]
  /** Rows that changed, or null for those that went. It applies to revision `from` only. */
  patch: {
    [T in TopicName]: {
      readonly topic: T
      readonly rev: number
      readonly from: number
      readonly set: { readonly [key: string]: Topics[T][string] | null }
    }
  }[TopicName]
  /** One value for each series; null is unknown. `t` in milliseconds since 1970. */
  sample: { readonly t: number; readonly v: readonly (number | null)[] }
  /** An alert began, changed or ended: for a notice on the screen. */
  alert: {
    readonly fingerprint: string
    readonly status: 'firing' | 'resolved'
    readonly severity: 'critical' | 'warning'
    readonly startedAt: string
    readonly message: string
  }
  activity: { readonly id: string; readonly at: string; readonly type: string; readonly text: string }
  /** Messages of a topic were skipped: ask for its snapshot, `GET /api/snapshot?topics=`. */
  gap: { readonly topic: TopicName }
  ping: { readonly at: number }
}

/** `GET snapshot?topics=`: the tables that were asked for. Times are milliseconds since 1970. */
export type SnapshotAnswer = {
  readonly at: number
  /** When what the tables show was last measured; null before the first time. */
  readonly measuredAt: number | null
  readonly snapshots: readonly LiveMessages['snapshot'][]
}
