import { isCalendarDay } from '../core/calendar-day.ts'
import type { NotJson } from '../core/errors/input.ts'
import { assertJson, type Json } from '../core/json/json.ts'
import { isAttributeText } from './attribute-text.ts'
import type { CloudEvent, CloudEventAttributes } from './cloud-event.ts'
import { isJsonType } from './media-types.ts'

/**
 * A CloudEvent, or the rule of CloudEvents that a message breaks, and in which attribute or member if it is about one;
 * never with content of the message.
 */
export type ParsedCloudEvent = { readonly event: CloudEvent } | { readonly fault: string; readonly attribute?: string }

const NAME = /^[a-z0-9]+$/
const URI_REFERENCE = /^[^\s<>"{}|\\^`]+$/
// RFC 3339. Whether the day exists is for Date to say, which has an hour 24 besides.
const TIME = /^(\d{4}-\d\d-\d\d)T(?!24)\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/**
 * A CloudEvent from the attributes and the data of a message (binary mode). Attributes are native values or their
 * canonical text. Members whose names no attribute may have are left out.
 *
 * @param given the attributes without the prefix of the binding
 */
export function parseCloudEvent(given: { readonly [name: string]: unknown }, data: Uint8Array): ParsedCloudEvent {
  const attributes: { [name: string]: string | number | boolean } = {}
  for (const [name, value] of Object.entries(given)) {
    if (!NAME.test(name) || value === undefined || value === null) continue
    const plain = toPlain(value)
    if (plain === undefined) {
      return { fault: `${name} is neither a text, a number, a boolean nor a time`, attribute: name }
    }
    attributes[name] = plain
  }
  return attributeFault(attributes) ?? { event: { attributes: attributes as CloudEventAttributes, data } }
}

/** A CloudEvent from its JSON format (structured mode). */
export function parseStructured(bytes: Uint8Array): ParsedCloudEvent {
  const found = parseJson(bytes)
  return found === undefined ? { fault: 'the content is not JSON in UTF-8' } : parseJsonEvent(found.value)
}

/** The JSON value of bytes; undefined if they are not JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(decoder.decode(bytes)) }
  } catch {
    return undefined
  }
}

/** A CloudEvent from what its JSON format says, already parsed. */
export function parseJsonEvent(found: unknown): ParsedCloudEvent {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    return { fault: 'the content is not a JSON object' }
  }
  const { data, data_base64: base64, ...attributes } = found as { readonly [member: string]: unknown }
  if (data !== undefined && base64 !== undefined) {
    return { fault: 'it has both data and data_base64', attribute: 'data' }
  }
  if (base64 !== undefined && !isBase64(base64)) return { fault: 'data_base64 is not base64', attribute: 'data_base64' }
  if (base64 !== undefined) return parseCloudEvent(attributes, Buffer.from(base64 as string, 'base64'))
  if (data === undefined) return parseCloudEvent(asJson(attributes), new Uint8Array())
  try {
    // JSON.stringify would write null for a number that is too large.
    assertJson(data, 'data')
  } catch (error) {
    return { fault: 'its data is nested too deeply, or not JSON', attribute: (error as NotJson).path }
  }
  const all = asJson(attributes)
  // Text of another type stands for itself.
  const isText = typeof data === 'string' && !isJsonType(String(all.datacontenttype))
  return parseCloudEvent(all, Buffer.from(isText ? data : JSON.stringify(data)))
}

const asJson = (attributes: object): { readonly datacontenttype: unknown } => ({
  datacontenttype: 'application/json',
  ...attributes,
})

const decoder = new TextDecoder('utf-8', { fatal: true })

const isBase64 = (value: unknown): boolean =>
  typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)

function toPlain(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  return undefined
}

function attributeFault(attributes: { readonly [name: string]: string | number | boolean }) {
  const at = (attribute: string, what: string) => ({ fault: `${attribute} ${what}`, attribute })
  const { specversion, source, time } = attributes
  if (specversion === undefined) return at('specversion', 'is missing')
  if (specversion !== '1.0') return at('specversion', 'is not 1.0')
  for (const name of ['id', 'source', 'type']) {
    if (attributes[name] === undefined) return at(name, 'is missing')
    if (typeof attributes[name] !== 'string') return at(name, 'is not a text')
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'string' && !isAttributeText(value)) return at(name, 'is empty or has a control character')
  }
  for (const name of ['subject', 'datacontenttype', 'dataschema']) {
    if (attributes[name] !== undefined && typeof attributes[name] !== 'string') return at(name, 'is not a text')
  }
  if (!URI_REFERENCE.test(source as string)) return at('source', 'is not a URI reference')
  if (time !== undefined && !isTime(time)) return at('time', 'is not a time of RFC 3339')
  return undefined
}

function isTime(value: unknown): boolean {
  const day = typeof value === 'string' ? TIME.exec(value)?.[1] : undefined
  return day !== undefined && !Number.isNaN(Date.parse((value as string).toUpperCase())) && isCalendarDay(day)
}
