import { uuidV7 } from '../../core/append/uuid.ts'
import type { HashInterval } from '../../core/positions/hash-interval.ts'

// Everything is plain data that structuredClone can copy, so that a simulator can keep, lose and restore it. Documents
// are stored as JSON text: the database never shares anything with a caller.

/** An event in its stream. */
export type StoredEvent = {
  /** The event document as JSON. */
  readonly json: string
  readonly eventId: string
  readonly appendId: string
  readonly lsn: number
}

/** A stream; `events[version - 1]` is null if the event was erased. */
export type StoredStream = {
  readonly id: string
  readonly hash: string
  readonly events: (StoredEvent | null)[]
  readonly versions: Map<string, number>
  /** When its last event was recorded, milliseconds since 1970. */
  recordedAt: number
  deleted: boolean
}

/** One entry of a partition's log: what one append wrote. All its events share the LSN, as they do on Cosmos DB. */
export type StoredAppend = {
  readonly lsn: number
  readonly streamId: string
  readonly first: number
  readonly last: number
}

/** A partition with its log. Its part of the feed is one range, or several after partitions were merged. */
export type StoredPartition = HashInterval & {
  /** The last LSN that was assigned. */
  lsn: number
  /** By LSN, then by the hash of the stream: after a merge, appends of several streams may share an LSN. */
  readonly appends: StoredAppend[]
}

/** A document under an ETag. */
export type StoredDocument = { readonly json: string; readonly etag: string }

/** One database. Several handles may share it, as several processes share a real one. */
export type MemoryState = {
  incarnation: string
  /** The feed ranges as they are returned: only ever split. */
  ranges: readonly HashInterval[]
  /** The partitions beneath them. */
  partitions: readonly StoredPartition[]
  readonly streams: Map<string, StoredStream>
  readonly views: Map<string, StoredDocument>
  readonly leases: Map<string, StoredDocument>
  readonly snapshots: Map<string, string>
  /** Incremented by every save; ETags come from it and are never reused. */
  etag: number
}

const HASH_SPACE = 0x40000000

/** An empty database whose feed has that many ranges, equal parts of the hash space. */
export function emptyState(ranges: number): MemoryState {
  const bound = (i: number) =>
    Math.floor((HASH_SPACE * i) / ranges)
      .toString(16)
      .toUpperCase()
      .padStart(8, '0')
  const intervals = Array.from({ length: ranges }, (_, i) => ({
    min: i === 0 ? '' : bound(i),
    max: i === ranges - 1 ? 'FF' : bound(i + 1),
  }))
  return {
    incarnation: uuidV7(),
    ranges: intervals,
    partitions: intervals.map((interval) => ({ ...interval, lsn: 0, appends: [] })),
    streams: new Map(),
    views: new Map(),
    leases: new Map(),
    snapshots: new Map(),
    etag: 0,
  }
}
