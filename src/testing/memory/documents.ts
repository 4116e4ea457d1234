import type { PreparedEvent } from '../../core/append/prepare-append.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import { containsHash } from '../../core/positions/hash-interval.ts'
import { encodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import { hashOf } from './hash.ts'
import type { MemoryState, StoredDocument, StoredEvent, StoredPartition, StoredStream } from './state.ts'

/** The stream, or an empty one that is not in the database yet. */
export const streamOf = (state: MemoryState, id: string): StoredStream =>
  state.streams.get(id) ?? {
    id,
    hash: hashOf(id),
    events: [],
    versions: new Map(),
    recordedAt: Number.NEGATIVE_INFINITY,
    deleted: false,
  }

/** The partition whose part of the hash space contains a stream. */
export function partitionOf(state: MemoryState, hash: string): StoredPartition {
  const partition = state.partitions.find((one) => containsHash(one, hash))
  if (partition === undefined) throw new RangeError(`No partition contains ${hash}`)
  return partition
}

/** The event document of a prepared event. */
export function toDocument(stream: StoredStream, version: number, event: PreparedEvent, recordedAt: string) {
  return {
    id: `${stream.id}:${version}`,
    stream: { id: stream.id, version },
    eventType: event.type,
    eventData: JSON.parse(event.data),
    metadata: { ...JSON.parse(event.metadata), recordedAt },
  } satisfies EventDocument
}

/** A copy of the stored document. */
export const documentOf = (event: StoredEvent): EventDocument => JSON.parse(event.json)

/** The position of a stream's event. */
export function positionOf(state: MemoryState, stream: StoredStream, version: number): PositionToken {
  const lsn = stream.events[version - 1]?.lsn
  const mark = { streamId: stream.id, version, hash: stream.hash, ...(lsn !== undefined && { lsn }) }
  return encodePosition({ incarnation: state.incarnation, marks: [mark] })
}

/** A copy of a stored document with its ETag. */
export const storedOf = <T>({ json, etag }: StoredDocument): Stored<T> => ({ document: JSON.parse(json), etag })

/** Saves a document if the condition holds. */
export function saveDocument(
  state: MemoryState,
  documents: Map<string, StoredDocument>,
  id: string,
  json: string,
  condition: SaveCondition,
): SaveResult {
  const etag = documents.get(id)?.etag
  if (etag !== (condition === 'ifAbsent' ? undefined : condition.ifMatch)) return { saved: false }
  const next = String(++state.etag)
  documents.set(id, { json, etag: next })
  return { saved: true, etag: next }
}
