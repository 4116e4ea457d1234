import type { IncomingMessage } from 'node:http'
import { isJsonType } from '../../cloud-events/media-types.ts'
import {
  type ParsedCloudEvent,
  parseCloudEvent,
  parseJson,
  parseJsonEvent,
} from '../../cloud-events/parse-cloud-event.ts'
import { decodeHeader } from '../../cloud-events/percent-encoding.ts'
import { BodyTooLarge, InvalidRequest } from '../errors.ts'
import type { ContentMode } from './media-type.ts'
import { memberPath, type SentEvents } from './sent-event.ts'

/** How JSON that is no CloudEvent becomes one. */
export type ReadPlain = (value: unknown, path: string, sent: SentEvents) => void

/**
 * The events of a request, in order.
 *
 * @param most how many a batch may have
 * @throws InvalidRequest if the body is no JSON where it must be; BodyTooLarge for too many events
 */
export function readEvents(
  mode: ContentMode,
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  body: Buffer,
  most: number,
  readPlain: ReadPlain,
): SentEvents {
  if (mode === 'binary') {
    const sent: SentEvents = { events: [], issues: [], isBatch: false }
    readParsed(sent, '', binaryEvent(request, body), headerOfAttribute)
    return sent
  }
  const found = parseJson(body)
  if (found === undefined) throw new InvalidRequest([{ path: '', message: 'the body is not JSON in UTF-8' }])
  const { value } = found
  const isBatch = mode === 'batch' || (mode === 'plain' && Array.isArray(value))
  const sent: SentEvents = { events: [], issues: [], isBatch }
  const read = mode === 'plain' ? readPlain : readStructured
  if (!isBatch) {
    read(value, '', sent)
    return sent
  }
  if (!Array.isArray(value)) throw new InvalidRequest([{ path: '', message: 'a batch must be a JSON array' }])
  if (value.length > most) throw new BodyTooLarge('events', most)
  value.forEach((one, i) => {
    read(one, `[${i}]`, sent)
  })
  return sent
}

const readStructured: ReadPlain = (value, path, sent) => readParsed(sent, path, parseJsonEvent(value))

function readParsed(
  { events, issues }: SentEvents,
  path: string,
  parsed: ParsedCloudEvent,
  nameOf = (attribute: string) => attribute,
): void {
  if ('event' in parsed) events.push({ path, event: parsed.event, isMapped: false, isIdentified: true })
  else issues.push({ path: memberPath(path, nameOf(parsed.attribute ?? '')), message: parsed.fault })
}

const PREFIX = 'ce-'

const headerOfAttribute = (attribute: string): string =>
  attribute === 'datacontenttype' ? 'content-type' : attribute === 'data' ? '' : `${PREFIX}${attribute}`

/** The event of a request in binary mode. Node joins headers that are sent twice, so it reads those that were sent. */
function binaryEvent(
  { headers, rawHeaders }: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
  body: Buffer,
): ParsedCloudEvent {
  const attributes: { [name: string]: string | undefined } = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (!name.startsWith(PREFIX)) continue
    const attribute = name.slice(PREFIX.length)
    if (attribute === 'datacontenttype') continue
    if (Object.hasOwn(attributes, attribute)) return { fault: 'it was sent twice', attribute }
    const decoded = decodeHeader(rawHeaders[i + 1] as string)
    if (decoded === undefined) return { fault: 'it is not encoded in UTF-8', attribute }
    Object.defineProperty(attributes, attribute, { value: decoded, enumerable: true })
  }
  const datacontenttype = headers['content-type']
  // The sender says that it is JSON. Bytes would be stored as bytes.
  if (body.byteLength > 0 && isJsonType(datacontenttype) && parseJson(body) === undefined) {
    return { fault: 'the body is not JSON in UTF-8', attribute: 'data' }
  }
  return parseCloudEvent({ ...attributes, datacontenttype }, body)
}
