import { isBatch, isJsonType, isStructured } from '../../cloud-events/media-types.ts'
import { headerOf, type RequestHeaders } from '../../http/request-headers.ts'
import { UnsupportedMediaType } from '../errors.ts'

/** How a request carries its events: the modes of CloudEvents' binding for HTTP, or JSON of the sender's own shape. */
export type ContentMode = 'structured' | 'batch' | 'binary' | 'plain'

/** Media types that are accepted, as a response says it. */
export const ACCEPTED = 'application/cloudevents+json, application/cloudevents-batch+json, application/json'

const ATTRIBUTES = ['ce-specversion', 'ce-id', 'ce-type', 'ce-source']
const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]*)/i

/**
 * How a request carries its events.
 *
 * @param isMapped whether there is a mapping for JSON that is no CloudEvent
 * @throws UnsupportedMediaType
 */
export function contentModeOf(headers: RequestHeaders, isMapped: boolean): ContentMode {
  const encoding = headerOf(headers, 'content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new UnsupportedMediaType('A compressed body is not accepted')
  }
  const contentType = headerOf(headers, 'content-type')
  const mode = modeOf(headers, contentType)
  if (mode === undefined) throw new UnsupportedMediaType(`The body must be one of ${ACCEPTED}`)
  if (mode === 'plain' && !isMapped) {
    throw new UnsupportedMediaType('JSON is accepted only as CloudEvents: application/cloudevents+json, or ce- headers')
  }
  // In binary mode, data that is not JSON is stored as the bytes that it is.
  const isJson = mode !== 'binary' || isJsonType(contentType)
  const charset = CHARSET.exec(contentType ?? '')?.[1]?.toLowerCase()
  if (isJson && charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new UnsupportedMediaType('JSON is accepted in UTF-8 only')
  }
  return mode
}

function modeOf(headers: RequestHeaders, contentType: string | undefined): ContentMode | undefined {
  if (isStructured(contentType)) return 'structured'
  if (isBatch(contentType)) return 'batch'
  if (/^application\/cloudevents/i.test(contentType ?? '')) return undefined
  if (ATTRIBUTES.some((name) => headers[name] !== undefined)) return 'binary'
  return isJsonType(contentType) ? 'plain' : undefined
}
