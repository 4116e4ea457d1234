import type { EachOutcome } from '../core/append/append-each.ts'
import type { AppendResult } from '../core/port/event-log.ts'
import { mergePositions, type PositionToken } from '../core/positions/position-token.ts'
import { POSITION_HEADER } from '../http/position-header.ts'
import { errorResponse } from '../http/problems/error-response.ts'
import type { Problem } from '../http/problems/problem.ts'
import { problemOf } from '../http/problems/problem-of.ts'
import type { RequestHeaders } from '../http/request-headers.ts'
import { ALLOW } from './handshake.ts'
import { ACCEPTED } from './reading/media-type.ts'
import type { PreparedEvent } from './storing/prepare-event.ts'

/** A response; its text is JSON, or empty. */
export type IngestResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** An event that is in the log, as the response says it. */
type StoredEvent = {
  readonly streamId: string
  readonly version: number
  readonly position: PositionToken
  /** Whether it was there before. */
  readonly duplicate: boolean
  /** False if it had no id, so that sending it again would store it again. */
  readonly deduplicated?: false
}

export const isStored = (outcome: EachOutcome | undefined): outcome is AppendResult =>
  outcome !== undefined && !('error' in outcome)

export function storedEvent({ streamId, isIdentified }: PreparedEvent, outcome: AppendResult): StoredEvent {
  const { version, position, duplicate } = outcome
  return { streamId, version, position, duplicate, ...(!isIdentified && { deduplicated: false }) }
}

/** The response when all events of a request are in the log. */
export function storedResponse(events: readonly StoredEvent[], isBatch: boolean): IngestResponse {
  return {
    status: events.some(({ duplicate }) => !duplicate) ? 201 : 200,
    headers: { 'content-type': 'application/json', ...positionHeader(events.map(({ position }) => position)) },
    text: JSON.stringify(isBatch ? { events } : events[0]),
  }
}

// What servers and clients accept of headers is limited: 8 KB by many of them.
const MOST_OF_HEADER = 4 * 1024

function positionHeader(positions: readonly PositionToken[]): Readonly<Record<string, string>> {
  const distinct = [...new Set(positions)]
  if (distinct.length === 1) return { [POSITION_HEADER]: distinct[0] as string }
  // Each is in the body. Together, those of many streams fit into no header.
  if (distinct.length === 0 || distinct.join('').length > MOST_OF_HEADER) return {}
  return { [POSITION_HEADER]: mergePositions(distinct) }
}

/** The headers that a response needs besides, by its status. */
const HEADERS: { readonly [status: number]: Readonly<Record<string, string>> } = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: ALLOW },
  408: { connection: 'close' },
  415: { accept: ACCEPTED },
}

/**
 * The response to a request that failed.
 *
 * @param members of the problem, if clients learn of it
 */
export function failedResponse(
  error: unknown,
  headers: RequestHeaders,
  members: Readonly<Record<string, unknown>> = {},
): IngestResponse & { readonly failure?: { readonly error: unknown } } {
  const withMembers = (error: unknown): Problem | undefined => {
    const known = problemOf(error, headers)
    return known && { ...known, ...members }
  }
  const response = errorResponse(error, headers, { problemOf: withMembers })
  return { ...response, headers: { ...response.headers, ...HEADERS[response.status] } }
}
