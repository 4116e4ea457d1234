/** A request that HTTP allows, whatever is in it. */
export type HostileRequest = {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

type Random = () => number

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

// JSON texts of values that something may stumble over.
const VALUES: readonly ((random: Random) => string)[] = [
  () => '{"n":1}',
  () => '0',
  () => 'null',
  () => '""',
  () => '"\\ud800"',
  () => '{"\\udfff":1}',
  () => '"\\u0000"',
  () => '1e400',
  () => '-1e400',
  () => '123456789012345678901234567890',
  () => '{"a":1,"a":2}',
  () => '{"__proto__":{"polluted":true}}',
  () => '{"constructor":{"prototype":{"polluted":true}}}',
  () => '{"toJSON":"x","then":1,"valueOf":2}',
  () => '{"$personal":[],"$apart":{}}',
  () => '{"length":-1}',
  (random) => nested(Math.floor(random() * 140)),
  () => nested(50_000),
  (random) => `"${'x'.repeat(Math.floor(random() * 3_000))}"`,
  () => '[undefined]',
  () => '{"n":1',
  () => '',
]

const TEXTS: readonly string[] = [
  '"Placed"',
  '"Known"',
  '"toString"',
  '"__proto__"',
  '"constructor"',
  '"$tombstone"',
  '"a\\u202eb"',
  '"a\\u0000b"',
  '"\\ud83d"',
  '""',
  '" "',
  `"${'t'.repeat(300)}"`,
  '7',
  'null',
  '{}',
  '[]',
  'true',
  '"order:1"',
  '"a:b:c:d:e"',
  '"../..\\\\?#"',
  '"😀"',
]

const TIMES = [
  '"2026-02-30T00:00:00Z"',
  '"9999-12-31T23:59:60Z"',
  '"10000-01-01T00:00:00Z"',
  '"0000-01-01T00:00:00+99:99"',
]
const SOURCES = ['"/shop"', '"urn:x"', '"not a uri"', '"javascript:alert(1)"', '"//"', '"%"', '"\\u0000"', '{}']

const HEADER_VALUES = [
  '%',
  '%zz',
  '%FF',
  '%C0%80',
  '%ED%A0%80',
  '%00',
  '"a\\"b"',
  '"',
  '\u00e9',
  '',
  'x'.repeat(500),
  '%F0%9F%98%80',
]

const MEDIA_TYPES = [
  'application/cloudevents+json',
  'application/cloudevents+json;charset=utf-8',
  'application/cloudevents+json; charset=utf-16',
  'application/cloudevents-batch+json',
  'application/cloudevents+avro',
  'application/json',
  'text/plain',
  'application/json; charset',
  ';;;',
  '/',
  '*/*',
  'multipart/form-data; boundary=x',
]

/** Members of an event in CloudEvents' JSON format, of which some are wrong. */
function eventText(random: Random, id: string): string {
  const isOdd = () => random() < 0.15
  const members = [
    ['specversion', isOdd() ? pick(random, ['"0.3"', '1.0', '"1.0 "']) : '"1.0"'],
    ['id', isOdd() ? pick(random, TEXTS) : JSON.stringify(id)],
    ['source', isOdd() ? pick(random, SOURCES) : '"/shop"'],
    ['type', isOdd() ? pick(random, TEXTS) : pick(random, ['"Placed"', '"Known"'])],
    ['subject', isOdd() ? pick(random, TEXTS) : `"order:${Math.floor(random() * 50)}"`],
    ...(isOdd() ? [['time', pick(random, TIMES)]] : []),
    ...(isOdd() ? [[pick(random, ['__proto__', 'constructor', 'Upper', 'hasownproperty']), pick(random, TEXTS)]] : []),
    ...(isOdd() ? [['data_base64', pick(random, ['"AP8B"', '"*"', '7', '"A"'])]] : []),
    ...(isOdd() ? [['schemaversion', pick(random, ['7', '"x"', '-1', '1e300'])]] : []),
    ...(isOdd() ? [['datacontenttype', pick(random, ['"text/xml"', '"application/json"', '""', '7'])]] : []),
    ['data', pick(random, VALUES)(random)],
  ]
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`
}

function binaryHeaders(random: Random, id: string): Record<string, string> {
  const value = (fine: string) => (random() < 0.15 ? pick(random, HEADER_VALUES) : fine)
  return {
    'ce-specversion': value('1.0'),
    'ce-id': value(id),
    'ce-source': value('/shop'),
    'ce-type': value('Placed'),
    'ce-subject': value(`order:${Math.floor(random() * 50)}`),
    ...(random() < 0.1 && { 'ce-__proto__': 'x', 'ce-constructor': 'y', 'ce-': 'z' }),
    ...(random() < 0.1 && { 'ce-data': 'x', 'ce-datacontenttype': 'text/plain' }),
    ...(random() < 0.05 && Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`ce-x${i}`, 'y']))),
  }
}

function mutated(random: Random, text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length === 0 || random() < 0.8) return bytes
  if (random() < 0.3) return bytes.subarray(0, Math.floor(random() * bytes.length))
  for (let i = 0; i < 1 + random() * 4; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  return bytes
}

/** A request that is mostly right. @param number of the request, which is in the ids of its events */
export function hostileRequest(random: Random, number: number): HostileRequest {
  const headers: Record<string, string> = {
    ...(random() < 0.2 && {
      traceparent: pick(random, [...HEADER_VALUES, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`]),
    }),
    ...(random() < 0.2 && { 'idempotency-key': pick(random, [...HEADER_VALUES, `k-${number}`]) }),
    ...(random() < 0.02 && { 'content-encoding': 'gzip' }),
  }
  const method = random() < 0.02 ? pick(random, ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND']) : 'POST'
  const [isOdd, mode] = [random() < 0.1, random()]
  const type = (fine: string) => ({ 'content-type': isOdd ? pick(random, MEDIA_TYPES) : fine })
  const event = (i: number) => eventText(random, `${number}-${i}`)
  const list = () => `[${Array.from({ length: Math.floor(random() * 8) }, (_, i) => event(i)).join(',')}]`
  if (mode < 0.35) {
    return { method, headers: { ...headers, ...type('application/cloudevents+json') }, body: mutated(random, event(0)) }
  }
  if (mode < 0.55) {
    const body = mutated(random, list())
    return { method, headers: { ...headers, ...type('application/cloudevents-batch+json') }, body }
  }
  if (mode < 0.8) {
    const body = mutated(random, pick(random, VALUES)(random))
    const all = { ...headers, ...binaryHeaders(random, `${number}-0`), ...type('application/json') }
    return { method, headers: all, body }
  }
  const body = mutated(random, random() < 0.5 ? event(0) : list())
  return { method, headers: { ...headers, ...type('application/json') }, body }
}

/** The bytes of a request that is broken as HTTP, or ends early. */
export function brokenBytes(random: Random, number: number): string {
  const text = eventText(random, `${number}-0`)
  const head = (length: string | number) =>
    `POST /events HTTP/1.1\r\nHost: x\r\nContent-Type: application/cloudevents+json\r\nContent-Length: ${length}\r\n\r\n`
  return pick(random, [
    head(Buffer.byteLength(text) + 50) + text,
    head(Math.floor(Buffer.byteLength(text) / 2)) + text,
    head('-1') + text,
    head('x') + text,
    head(`${Buffer.byteLength(text)}, 3`) + text,
    head('99999999999999999999') + text,
    head(5_000_000) + text,
    `POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/cloudevents+json\r\n\r\nzz\r\n${text}`,
    `POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/cloudevents+json\r\n\r\n5\r\n{"a":`,
    `POST /events HTTP/1.1\r\nHost: x\r\nce-id: a\u0000b\r\n\r\n`,
    `POST /events HTTP/1.1\r\nHost: x\r\n${'x-flood: y\r\n'.repeat(3_000)}\r\n`,
    `POST /eve`,
    '\u0000\u0001\u0002\r\n\r\n',
  ])
}
