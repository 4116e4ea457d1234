import { codec, entriesOf, itemsOf, plain, type Typed } from './codec.ts'
import { assertWellFormed, MalformedEncoding } from './well-formed.ts'

/** The index of each field in the list of properties of a message. */
export const FIELDS = {
  messageId: 0,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  sessionId: 10,
  replyToSessionId: 12,
} as const

/** The name of a property that the protocol defines. */
export type Field = keyof typeof FIELDS

/**
 * A message of AMQP 1.0. What the broker does not change is kept as it was encoded, so every type arrives as it was
 * sent.
 */
export type Message = {
  /** Milliseconds; `undefined` for no limit. */
  readonly timeToLive?: number
  readonly durable?: boolean
  readonly priority?: number
  readonly annotations: ReadonlyMap<string, Typed>
  readonly properties: readonly (Typed | null)[]
  readonly applicationProperties: ReadonlyMap<string, Typed>
  /** The sections of the body, and the footer. */
  readonly body: Buffer
}

const SECTION = { header: 0x70, deliveryAnnotations: 0x71, annotations: 0x72, properties: 0x73, application: 0x74 }
const FIRST_BODY_SECTION = 0x75
const LAST_SECTION = 0x78

/** The descriptors of the sections by their symbols. */
const BY_SYMBOL: Readonly<Record<string, number>> = {
  'amqp:header:list': 0x70,
  'amqp:delivery-annotations:map': 0x71,
  'amqp:message-annotations:map': 0x72,
  'amqp:properties:list': 0x73,
  'amqp:application-properties:map': 0x74,
  'amqp:data:binary': 0x75,
  'amqp:amqp-sequence:list': 0x76,
  'amqp:amqp-value:*': 0x77,
  'amqp:footer:map': 0x78,
}

/** Reads an encoded message. @throws MalformedEncoding */
export function parseMessage(bytes: Buffer): Message {
  const message: { -readonly [member in keyof Message]: Message[member] } = {
    annotations: new Map(),
    properties: [],
    applicationProperties: new Map(),
    body: Buffer.alloc(0),
  }
  for (let start = 0; start < bytes.length; ) {
    const end = assertWellFormed(bytes, start, true)
    const section = new codec.Reader(bytes.subarray(start, end)).read()
    const code = sectionOf(section)
    if (code >= FIRST_BODY_SECTION) {
      assertWellFormed(bytes, end)
      message.body = Buffer.from(bytes.subarray(start))
      break
    }
    if (code === SECTION.header) Object.assign(message, headerOf(itemsOf(section)))
    else if (code === SECTION.annotations) message.annotations = entriesOf(section)
    else if (code === SECTION.properties) message.properties = itemsOf(section)
    else if (code === SECTION.application) message.applicationProperties = entriesOf(section)
    start = end
  }
  return message
}

/** The messages in an encoded batch: each is the content of a data section. @throws MalformedEncoding */
export function parseBatch(bytes: Buffer): Message[] {
  const messages: Message[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = assertWellFormed(bytes, start, true)
    const section = new codec.Reader(bytes.subarray(start, end)).read()
    if (sectionOf(section) === FIRST_BODY_SECTION) {
      if (!Buffer.isBuffer(section.value)) throw new MalformedEncoding('a section of a batch is not binary')
      messages.push(parseMessage(section.value))
    }
    start = end
  }
  return messages
}

function sectionOf(section: Typed): number {
  const descriptor = plain(section.descriptor)
  const code = typeof descriptor === 'string' ? BY_SYMBOL[descriptor] : descriptor
  if (typeof code !== 'number' || code < SECTION.header || code > LAST_SECTION) {
    throw new MalformedEncoding('a section of a message has an unknown descriptor')
  }
  return code
}

function headerOf([durable, priority, timeToLive]: readonly (Typed | null)[]): Partial<Message> {
  const [isDurable, level, milliseconds] = [plain(durable), plain(priority), plain(timeToLive)]
  return {
    ...(typeof isDurable === 'boolean' && { durable: isDurable }),
    ...(typeof level === 'number' && { priority: level }),
    ...(typeof milliseconds === 'number' && { timeToLive: milliseconds }),
  }
}

/** A property of a message; `undefined` if it has none. */
export const fieldOf = (message: Message, field: Field): unknown => plain(message.properties[FIELDS[field]])

/** A property as text, whatever its type; `undefined` if the message has none. */
export function textOf(message: Message, field: Field): string | undefined {
  const value = fieldOf(message, field)
  return value === undefined ? undefined : Buffer.isBuffer(value) ? value.toString('hex') : String(value)
}

/** The message with other properties. `undefined` removes one. */
export function withFields(message: Message, fields: Readonly<Partial<Record<Field, Typed | undefined>>>): Message {
  const properties = [...message.properties]
  for (const [field, value] of Object.entries(fields) as [Field, Typed | undefined][]) {
    while (properties.length <= FIELDS[field]) properties.push(null)
    properties[FIELDS[field]] = value ?? null
  }
  return { ...message, properties }
}

/** The message with more application properties. */
export function withApplicationProperties(message: Message, more: Iterable<readonly [string, Typed]>): Message {
  return { ...message, applicationProperties: new Map([...message.applicationProperties, ...more]) }
}

/** The message with more annotations. */
export function withAnnotations(message: Message, more: Iterable<readonly [string, Typed]>): Message {
  return { ...message, annotations: new Map([...message.annotations, ...more]) }
}

/** Encodes a message. @param deliveryCount how often it was delivered before */
export function encodeMessage(message: Message, deliveryCount = 0, withBody = true): Buffer {
  const { durable, priority, timeToLive, annotations, properties, applicationProperties, body } = message
  const writer = new codec.Writer()
  const write = (code: number, value: Typed) => writer.write(codec.described(codec.wrap_ulong(code), value))
  write(
    SECTION.header,
    codec.wrap_list([
      durable === undefined ? undefined : codec.wrap_boolean(durable),
      priority === undefined ? undefined : codec.wrap_ubyte(priority),
      timeToLive === undefined ? undefined : codec.wrap_uint(timeToLive),
      undefined,
      codec.wrap_uint(deliveryCount),
    ]),
  )
  if (annotations.size > 0) write(SECTION.annotations, mapOf(annotations, codec.wrap_symbol))
  if (properties.length > 0) write(SECTION.properties, codec.wrap_list(properties))
  if (applicationProperties.size > 0) write(SECTION.application, mapOf(applicationProperties, codec.wrap_string))
  if (withBody) writer.write_bytes(body)
  return Buffer.from(writer.toBuffer())
}

const mapOf = (entries: ReadonlyMap<string, Typed>, wrapKey: (key: string) => Typed): Typed =>
  codec.Map32([...entries].flatMap(([key, value]) => [wrapKey(key), value]))
