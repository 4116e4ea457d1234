import type { JsonObject } from '../../core/json/json.ts'
import { type EventMetadata, TOMBSTONE } from '../../core/port/event-document.ts'
import type { ViewDocument } from '../../core/port/view-store.ts'
import type { Tidemark } from '../../core/positions/position.ts'
import type { FoldItem } from '../fold.ts'

/**
 * An event that waits: its stream, and its position. The event itself is read from the log when its turn comes.
 * Only the end of a stream bears its metadata along, for nobody can read that from a stream that is deleted.
 */
export type WaitingRef = readonly [streamId: string, version: number, lsn: number, hash: string, end?: EventMetadata]

/**
 * The parked mark of a view, a part of its document. What waits is a queue: full chunks, numbered from `first` to below
 * `next`, in documents of their own, then `tail`.
 *
 * Nothing but a stored, full tail is ever written as a chunk, and a number is given up when something is taken out of
 * the tail. So whoever writes a chunk of a number writes the same, and a late writer does no harm.
 */
export type ParkedMark = {
  /** This parking's own id: another one of the same view has other chunks. */
  readonly id: string
  /** ISO 8601 in UTC. */
  readonly since: string
  /** How often the first waiting event was tried. */
  readonly attempts: number
  /** Why it could not be folded, or null when it was not tried yet. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** The first waiting event. */
  readonly event: {
    readonly streamId: string
    readonly version: number
    readonly lsn: number
    /** The hash of its stream's id, which tells the feed range. */
    readonly hash: string
  }
  /** How many events wait. */
  readonly waiting: number
  /** Up to where the view was folded or waits: its tidemarks when nothing waits any more. */
  readonly seen: readonly Tidemark[]
  readonly first: number
  readonly next: number
  /** How many of the first chunk are done. */
  readonly taken: number
  readonly tail: readonly WaitingRef[]
}

/** The parked mark of a view, or undefined when its sequence is not parked. */
export const parkedMark = (view: ViewDocument | undefined): ParkedMark | undefined =>
  view?.parked as ParkedMark | undefined

/** The document with a mark. */
export const withMark = (view: ViewDocument, mark: ParkedMark): ViewDocument => ({
  ...view,
  parked: mark as unknown as JsonObject,
})

/** What waits of an event. */
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

/** What a mark says of its first waiting event. */
export const firstOf = ([streamId, version, lsn, hash]: WaitingRef): ParkedMark['event'] => ({
  streamId,
  version,
  lsn,
  hash,
})
