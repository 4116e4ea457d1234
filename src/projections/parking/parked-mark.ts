import type { JsonObject } from '../../core/json/json.ts'
import { type EventMetadata, TOMBSTONE } from '../../core/port/event-document.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import type { Tidemark } from '../../core/positions/position.ts'
import type { FoldItem } from '../fold-item.ts'

/**
 * A pending event: its stream, and its position. The event itself is read from the log when its turn comes. Only the
 * end of a stream includes its metadata, because a deleted stream cannot be read.
 */
export type WaitingRef = readonly [streamId: string, version: number, lsn: number, hash: string, end?: EventMetadata]

/**
 * The parked mark of a view, a part of its document. The pending events are a queue: full chunks, numbered from `first`
 * to below `next`, in separate documents, then `tail`.
 *
 * Only a saved, full tail is ever written as a chunk, and removing something from the tail retires its number. So every
 * process that writes the chunk with a given number writes the same content, and a late writer does no harm.
 */
export type ParkedMark = {
  /** This parking's own id: another parking of the same view has other chunks. */
  readonly id: string
  /** ISO 8601 in UTC. */
  readonly since: string
  /** How often the first pending event was tried. */
  readonly attempts: number
  /** Why it could not be folded, or null if it was not tried yet. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** The first pending event. */
  readonly event: {
    readonly streamId: string
    readonly version: number
    readonly lsn: number
    /** The hash of its stream's id, which determines the feed range. */
    readonly hash: string
  }
  /** The number of pending events. */
  readonly waiting: number
  /** Up to where the view was folded or queued: its tidemarks once nothing is pending any more. */
  readonly seen: readonly Tidemark[]
  readonly first: number
  readonly next: number
  /** How many events of the first chunk are done. */
  readonly taken: number
  readonly tail: readonly WaitingRef[]
}

/** The parked mark of a view, or undefined if its sequence is not parked. */
export const parkedMark = (view: ViewDocument | undefined): ParkedMark | undefined =>
  view?.parked as ParkedMark | undefined

/** The document with a mark. */
export const withMark = (view: ViewDocument, mark: ParkedMark): ViewDocument => ({
  ...view,
  parked: mark as unknown as JsonObject,
})

/** The reference of an event in the queue. */
export function refOf({ event, position }: FoldItem): WaitingRef {
  const { streamId, version } = event
  if (event.type !== TOMBSTONE) return [streamId, version, position.lsn, position.hash]
  const { eventId, recordedAt, correlationId, causationId } = event.metadata
  const end = {
    eventId,
    recordedAt,
    ...(correlationId !== undefined && { correlationId }),
    ...(causationId !== undefined && { causationId }),
  }
  return [streamId, version, position.lsn, position.hash, end]
}

/** What a mark records about its first pending event. */
export const firstOf = ([streamId, version, lsn, hash]: WaitingRef): ParkedMark['event'] => ({
  streamId,
  version,
  lsn,
  hash,
})
