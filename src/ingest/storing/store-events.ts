import type { ArrivalStorage } from '../../core/append/append-each.ts'
import { notify } from '../../core/async/callbacks.ts'
import type { TidemarkError } from '../../core/errors/base.ts'
import type { EventDefinitions } from '../../core/events/definition-types.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import { categoryOf } from '../../core/telemetry/trace-append.ts'
import { STATUSES } from '../../http/problems/statuses.ts'
import { headerOf, type RequestHeaders } from '../../http/request-headers.ts'
import { InvalidRequest } from '../errors.ts'
import { failedResponse, type IngestResponse, isStored, storedEvent, storedResponse } from '../ingest-response.ts'
import { appendStreams } from './append-streams.ts'
import type { PreparedEvent } from './prepare-event.ts'

/** What storing events requires. */
export type Storing = {
  readonly storage: ArrivalStorage
  readonly definitions: EventDefinitions
  readonly telemetry: Telemetry
  readonly onError: (error: unknown) => unknown
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/**
 * Appends the events of a request and says what became of each. If some could not be appended, the response is the
 * problem of the first one, and says which ones are in the log; repeating the whole request is safe.
 *
 * The trace of the request is that of its way here. An event that has a trace of its own, from where it began, keeps it,
 * and has the request's as `requestTraceparent`.
 */
export async function storeEvents(
  { storage, definitions, telemetry, onError }: Storing,
  prepared: readonly PreparedEvent[],
  headers: RequestHeaders,
  isBatch: boolean,
): Promise<IngestResponse> {
  const header = headerOf(headers, 'traceparent')
  const hop = header !== undefined && TRACEPARENT.test(header) ? header : undefined
  const span = { name: 'tidemark.ingest', kind: 'consumer', attributes: {}, ...(hop && { origins: [hop] }) } as const
  const { outcomes, failure } = await telemetry.span(span, (active) =>
    appendStreams(
      storage,
      definitions,
      prepared.map((event) => traced(event, active ?? hop, hop)),
    ),
  )
  for (const [i, outcome] of outcomes.entries()) {
    if (!isStored(outcome) || outcome.duplicate) continue
    telemetry.count('tidemark.events.appended', 1, categoryOf((prepared[i] as PreparedEvent).streamId))
  }
  const events = outcomes.map((outcome, i) =>
    isStored(outcome) ? storedEvent(prepared[i] as PreparedEvent, outcome) : null,
  )
  const refused = outcomes.flatMap((outcome, i) =>
    outcome !== undefined && 'error' in outcome
      ? [{ path: (prepared[i] as PreparedEvent).path, error: refusal(outcome.error, onError) }]
      : [],
  )
  const stored = events.filter((event) => event !== null)
  if (stored.length === events.length) return storedResponse(stored, isBatch)
  // A sender may give up a request that is refused, so what may succeed later comes first.
  const error = failure === undefined ? refused[0]?.error : failure.error
  const errors = refused.map(({ path, error }) => ({ path, message: error.message }))
  const response = failedResponse(error, headers, isBatch ? { events, ...(errors.length > 0 && { errors }) } : {})
  if (response.failure) notify(onError, response.failure.error)
  return response
}

function traced(event: PreparedEvent, span: string | undefined, hop: string | undefined): PreparedEvent {
  const { metadata } = event.document
  const { traceparent } = metadata
  const hasOwn = typeof traceparent === 'string' && TRACEPARENT.test(traceparent)
  const more = hasOwn ? { requestTraceparent: hop } : { traceparent: span }
  return { ...event, document: { ...event.document, metadata: { ...metadata, ...more } } }
}

/** Why an event is refused. What the application's own functions made of it may be the reason, which it has to know. */
function refusal(error: TidemarkError, onError: (error: unknown) => unknown): TidemarkError {
  if (STATUSES.get(error.code) !== 500) return error
  notify(onError, error)
  return new InvalidRequest([{ path: '', message: 'it cannot be stored' }])
}
