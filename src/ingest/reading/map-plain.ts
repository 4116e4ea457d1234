import { isAttributeText } from '../../cloud-events/attribute-text.ts'
import { parseJsonEvent } from '../../cloud-events/parse-cloud-event.ts'
import { uuidV7 } from '../../core/append/uuid.ts'
import { notify } from '../../core/async/callbacks.ts'
import type { Json } from '../../core/json/json.ts'
import { headerOf, type RequestHeaders } from '../../http/request-headers.ts'
import { InvalidRequest } from '../errors.ts'
import type { MappedEvent } from '../ingestion-options.ts'
import { notPromised } from './not-promised.ts'
import type { ReadPlain } from './read-events.ts'
import { memberPath } from './sent-event.ts'

/**
 * Reads JSON by a mapping of the application. An event without an id has that of the request's `Idempotency-Key`, in an
 * array with the element's number; without either, its id is a new one, and a repeat is another event.
 *
 * @throws InvalidRequest for an `Idempotency-Key` that cannot be an id
 */
export function plainReader(
  map: (value: Json) => MappedEvent,
  headers: RequestHeaders,
  onError: (error: unknown) => unknown,
): ReadPlain {
  const key = idempotencyKeyOf(headers)
  return (value, path, { events, issues }) => {
    const found = mapped(() => map(value as Json), onError)
    if ('issues' in found) {
      issues.push(...found.issues.map((issue) => ({ ...issue, path: memberPath(path, issue.path) })))
      return
    }
    const { id = key && key + path, stream, type, source, time, subject, data } = found
    const attributes = { specversion: '1.0', id: id ?? uuidV7(), type, source, time, subject }
    const parsed = parseJsonEvent({ ...attributes, data })
    if ('event' in parsed)
      events.push({ path, event: parsed.event, stream, isMapped: true, isIdentified: id !== undefined })
    else issues.push({ path: memberPath(path, parsed.attribute ?? ''), message: parsed.fault })
  }
}

function mapped(map: () => MappedEvent, onError: (error: unknown) => unknown): MappedEvent | InvalidRequest {
  try {
    const event = notPromised(map(), 'A mapping')
    if (typeof event === 'object' && event !== null) return event
    throw new TypeError('A mapping must return an event')
  } catch (error) {
    if (error instanceof InvalidRequest) return error
    notify(onError, error)
    return new InvalidRequest([{ path: '', message: 'it cannot be mapped to an event' }])
  }
}

const MOST_OF_KEY = 255

// The draft of the header has a string of structured fields, in quotation marks; many clients send it without.
function idempotencyKeyOf(headers: RequestHeaders): string | undefined {
  const header = headerOf(headers, 'idempotency-key')
  if (header === undefined) return undefined
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header
  if (isAttributeText(key) && key.length <= MOST_OF_KEY) return key
  const message = `it must be a text of 1 to ${MOST_OF_KEY} characters`
  throw new InvalidRequest([{ path: 'idempotency-key', message }])
}
