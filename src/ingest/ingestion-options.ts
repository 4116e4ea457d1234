import type { CloudEventAttributes } from '../cloud-events/cloud-event.ts'
import { InvalidOption } from '../core/errors/input.ts'
import type { EventSet, EventTypes, UserMetadata } from '../core/events/types.ts'
import type { Json, JsonObject } from '../core/json/json.ts'
import type { Telemetry } from '../core/telemetry/telemetry.ts'
import type { RequestHeaders } from '../http/request-headers.ts'
import type { IngestRequest } from './ingest-request.ts'

/** An event that arrived, with its data as it is stored. */
export type IngestedEvent = {
  readonly type: string
  readonly data: JsonObject
  /** Of the CloudEvent: `id`, `source`, `subject`, extensions. */
  readonly attributes: CloudEventAttributes
}

/** What a mapping makes of JSON that is no CloudEvent. */
export type MappedEvent = {
  readonly type: string
  /** A URI reference: which system the event comes from. */
  readonly source: string
  /**
   * Unique among the events of its source; by default what the header `Idempotency-Key` says. Two senders may choose the
   * same key, so events of different senders need different sources, or ids with the sender in them.
   */
  readonly id?: string | undefined
  /** When it happened: RFC 3339. */
  readonly time?: string | Date | undefined
  /** What the event is about. */
  readonly subject?: string | undefined
  readonly data?: Json | undefined
  /** The stream that it is appended to; by default what the option `stream` says. */
  readonly stream?: string | undefined
}

/** How much is accepted at once. */
export type IngestionLimits = {
  /** Bytes of a request's body; default 1,048,576. */
  readonly bytes?: number
  /** Events of a batch; default 100. */
  readonly events?: number
  /** Requests in progress; default 1,000. A further one gets 429. */
  readonly requests?: number
  /** Milliseconds that a body may take to arrive; default 10,000. */
  readonly bodyTimeout?: number
}

/**
 * How events are accepted.
 *
 * @typeParam Who what `authenticate` returns
 */
export type IngestionOptions<Who = unknown, E extends EventTypes = EventTypes> = {
  /**
   * Returns who sends a request, or false if it does not know; `'none'` accepts everybody. Nothing and an empty text
   * count as false. If it throws, the response is 401, or what the `TidemarkError` says, such as `Forbidden`; a
   * `TypeError` or `ReferenceError` is also passed to `onError`.
   */
  readonly authenticate: 'none' | ((request: IngestRequest) => Who | false | Promise<Who | false>)
  /**
   * The stream that an event is appended to; by default `inbox-` and the subject. A pure function, because an event that
   * is sent again must get the same stream.
   */
  readonly stream?: (event: IngestedEvent, who: Who) => string
  /**
   * Makes an event of JSON that is no CloudEvent: of the body, or of each element if it is an array. Without it, such a
   * request gets 415. What it throws is 400; throw an `InvalidRequest` to say what is wrong.
   */
  readonly mapping?: (value: Json, from: { readonly who: Who; readonly headers: RequestHeaders }) => MappedEvent
  /** The events that this service shares with its senders: their data is validated and sealed. */
  readonly events?: EventSet<E>
  /** Whether events of types that `events` does not define are accepted, which is the default, or refused with 400. */
  readonly unknownTypes?: 'accept' | 'refuse'
  /** What the metadata of an event says in addition, such as who sent it. */
  readonly metadata?: (event: IngestedEvent, who: Who) => UserMetadata
  readonly limits?: IngestionLimits
  /** Origins that may send as webhooks (CloudEvents' abuse protection), or `'*'` for all; none by default. */
  readonly allowedOrigins?: '*' | readonly string[]
  /** Requests a minute that are allowed to such an origin, as the handshake says; no limit by default. */
  readonly allowedRate?: number
  /** Called with every error that is not the sender's fault; by default it is written to the console. */
  readonly onError?: (error: unknown) => unknown
  readonly telemetry?: Telemetry
}

const DEFAULTS = { bytes: 1024 * 1024, events: 100, requests: 1_000, bodyTimeout: 10_000 }

// A timer of Node with more ends at once.
const LONGEST_TIMER = 2 ** 31 - 1

/** The limits, with defaults. @throws InvalidOption */
export function limitsOf(given: IngestionLimits = {}): Required<IngestionLimits> {
  const limits = { ...DEFAULTS, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new InvalidOption(`limits.${name}`, 'a whole number from 1', value)
  }
  if (limits.bodyTimeout > LONGEST_TIMER) {
    throw new InvalidOption('limits.bodyTimeout', `at most ${LONGEST_TIMER}`, limits.bodyTimeout)
  }
  return limits
}

/** @throws InvalidOption, also if `authenticate` is missing */
export function assertOptions<Who>({
  authenticate,
  allowedRate,
  unknownTypes = 'accept',
}: Pick<IngestionOptions<Who>, 'authenticate' | 'allowedRate' | 'unknownTypes'>): void {
  if (authenticate !== 'none' && typeof authenticate !== 'function') {
    throw new InvalidOption('authenticate', "a function, or 'none' to accept everybody", authenticate)
  }
  if (unknownTypes !== 'accept' && unknownTypes !== 'refuse') {
    throw new InvalidOption('unknownTypes', "'accept' or 'refuse'", unknownTypes)
  }
  if (allowedRate !== undefined && !(Number.isSafeInteger(allowedRate) && allowedRate >= 1)) {
    throw new InvalidOption('allowedRate', 'a whole number from 1', allowedRate)
  }
}
