import type { IncomingMessage } from 'node:http'
import type { ArrivalStorage } from '../core/append/append-each.ts'
import { notify } from '../core/async/callbacks.ts'
import { TidemarkError } from '../core/errors/base.ts'
import type { AnyEventTypes, DefinedEvents, EventTypes } from '../core/events/types.ts'
import type { Json } from '../core/json/json.ts'
import { guardedTelemetry } from '../core/telemetry/guarded-telemetry.ts'
import { InvalidRequest, MethodNotAllowed, TooManyRequests, Unauthenticated } from './errors.ts'
import { handshakeHeaders } from './handshake.ts'
import { type IngestRequest, ingestRequest } from './ingest-request.ts'
import { failedResponse, type IngestResponse } from './ingest-response.ts'
import { assertOptions, type IngestionOptions, limitsOf } from './ingestion-options.ts'
import { plainReader } from './reading/map-plain.ts'
import { contentModeOf } from './reading/media-type.ts'
import { readEvents } from './reading/read-events.ts'
import { type Preparation, type PreparedEvent, prepareEvent } from './storing/prepare-event.ts'
import { storeEvents } from './storing/store-events.ts'

/** Accepts events over HTTP. `ingestHandler` and `ingestPlugin` serve it. */
export interface Ingestion {
  /** The response to a request, whose body it reads. It never rejects. */
  respond(request: IncomingMessage): Promise<IngestResponse>
}

const NO_EVENTS: DefinedEvents<AnyEventTypes> = { definitions: {} }

/**
 * Accepts events over HTTP: CloudEvents 1.0 in all modes, and other JSON by a mapping. An event is in the log, durably,
 * before the response says so, and a repeat is recognised by its source and id for as long as its stream exists.
 *
 * @throws InvalidOption
 */
export function ingestion<Who, E extends EventTypes = EventTypes>(
  storage: ArrivalStorage,
  options: IngestionOptions<Who, E>,
): Ingestion {
  assertOptions(options)
  const { mapping, onError = console.error } = options
  const limits = limitsOf(options.limits)
  const telemetry = guardedTelemetry(options.telemetry)
  const events = (options.events as DefinedEvents<AnyEventTypes> | undefined) ?? NO_EVENTS
  let inProgress = 0

  async function post(raw: IncomingMessage): Promise<IngestResponse> {
    const { headers } = raw
    const request = ingestRequest(raw, limits)
    const who = await authenticated(options, request)
    const mode = contentModeOf(headers, mapping !== undefined)
    const read = plainReader((value: Json) => mapping?.(value, { who, headers }) as never, headers, onError)
    const sent = readEvents(mode, raw, await request.body(), limits.events, read)
    const preparation: Preparation<Who> = { options, events, who, onError }
    const prepared: PreparedEvent[] = []
    for (const event of sent.events) {
      const one = await prepareEvent(preparation, event, sent.issues)
      if (one !== undefined) prepared.push(one)
    }
    if (sent.issues.length > 0) throw new InvalidRequest(sent.issues)
    return storeEvents(
      { storage, definitions: events.definitions, telemetry, onError },
      prepared,
      headers,
      sent.isBatch,
    )
  }

  async function respondTo(request: IncomingMessage): Promise<IngestResponse> {
    if (request.method === 'OPTIONS') {
      return {
        status: 200,
        headers: { ...handshakeHeaders(request.headers, options), 'content-length': '0' },
        text: '',
      }
    }
    if (request.method !== 'POST') throw new MethodNotAllowed()
    if (inProgress >= limits.requests) throw new TooManyRequests()
    inProgress++
    try {
      return await post(request)
    } finally {
      inProgress--
    }
  }

  return {
    async respond(request) {
      try {
        return await respondTo(request)
      } catch (error) {
        const { failure, ...response } = failedResponse(error, request.headers)
        if (failure) notify(onError, failure.error)
        return response
      }
    },
  }
}

/** @throws Unauthenticated, and what the function throws as a `TidemarkError` */
async function authenticated<Who>(
  { authenticate, onError = console.error }: Pick<IngestionOptions<Who>, 'authenticate' | 'onError'>,
  request: IngestRequest,
): Promise<Who> {
  if (authenticate === 'none') return undefined as Who
  let who: Who | false | null | undefined
  try {
    who = await authenticate(request)
  } catch (error) {
    if (error instanceof TidemarkError) throw error
    // A library that verifies tokens throws errors of its own. These are mistakes, or the keys could not be fetched.
    if (error instanceof TypeError || error instanceof ReferenceError) notify(onError, error)
    throw new Unauthenticated({ cause: error })
  }
  // `headers.authorization && …` is an empty text if the header is empty.
  if (who === false || who === null || who === undefined || who === '') throw new Unauthenticated()
  return who
}
