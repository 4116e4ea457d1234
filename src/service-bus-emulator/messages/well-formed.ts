/** Values nest at most this deep; the reader of rhea recurses. */
const MAX_DEPTH = 32

/** How many values one encoding may contain. */
const MAX_VALUES = 200_000

/** The type codes of AMQP 1.0. */
const CODES = new Set([
  ...[0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x60, 0x61],
  ...[0x70, 0x71, 0x72, 0x73, 0x74, 0x80, 0x81, 0x82, 0x83, 0x84, 0x94, 0x98],
  ...[0xa0, 0xa1, 0xa3, 0xb0, 0xb1, 0xb3, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0],
])

/** Bytes that are not an encoding of AMQP 1.0, or one that would take too much memory to read. */
export class MalformedEncoding extends Error {}

/**
 * Walks over encoded values without reading them. rhea believes the counts in an encoding, so an array that claims four
 * billion elements of no size would use up all memory.
 *
 * @param once whether to stop after one value, as what follows a performative in a frame is payload
 * @returns the offset behind the last value
 * @throws MalformedEncoding
 */
export function assertWellFormed(bytes: Buffer, start = 0, once = false): number {
  const walk = { bytes, values: 0 }
  let offset = start
  while (offset < bytes.length) {
    offset = skipValue(walk, offset, 0)
    if (once) break
  }
  return offset
}

type Walk = { readonly bytes: Buffer; values: number }

function skipValue(walk: Walk, offset: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new MalformedEncoding(`values nest deeper than ${MAX_DEPTH}`)
  if (++walk.values > MAX_VALUES) throw new MalformedEncoding(`more than ${MAX_VALUES} values`)
  const code = byteAt(walk, offset)
  if (code === 0) {
    const after = skipValue(walk, offset + 1, depth + 1)
    return skipValue(walk, after, depth + 1)
  }
  return skipBody(walk, code, offset + 1, depth)
}

function skipBody(walk: Walk, code: number, offset: number, depth: number): number {
  if (!CODES.has(code)) throw new MalformedEncoding(`unknown type code 0x${code.toString(16)}`)
  switch (code >>> 4) {
    case 0x4:
      return offset
    case 0x5:
      return within(walk, offset + 1)
    case 0x6:
      return within(walk, offset + 2)
    case 0x7:
      return within(walk, offset + 4)
    case 0x8:
      return within(walk, offset + 8)
    case 0x9:
      return within(walk, offset + 16)
    case 0xa:
      return within(walk, offset + 1 + byteAt(walk, offset))
    case 0xb:
      return within(walk, offset + 4 + uintAt(walk, offset))
    case 0xc:
      return skipItems(walk, offset + 2, byteAt(walk, offset + 1), depth)
    case 0xd:
      return skipItems(walk, offset + 8, uintAt(walk, offset + 4), depth)
    case 0xe:
      return skipArray(walk, offset + 2, byteAt(walk, offset + 1), depth)
    default:
      return skipArray(walk, offset + 8, uintAt(walk, offset + 4), depth)
  }
}

function skipItems(walk: Walk, offset: number, count: number, depth: number): number {
  let at = offset
  for (let i = 0; i < count; i++) at = skipValue(walk, at, depth + 1)
  return at
}

function skipArray(walk: Walk, offset: number, count: number, depth: number): number {
  let at = offset
  let code = byteAt(walk, at++)
  for (let descriptors = 0; code === 0; descriptors++) {
    at = skipValue(walk, at, depth + 1 + descriptors)
    code = byteAt(walk, at++)
  }
  for (let i = 0; i < count; i++) {
    if (++walk.values > MAX_VALUES) throw new MalformedEncoding(`more than ${MAX_VALUES} values`)
    at = skipBody(walk, code, at, depth + 1)
  }
  return at
}

function byteAt({ bytes }: Walk, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new MalformedEncoding('it ends within a value')
  return byte
}

function uintAt({ bytes }: Walk, offset: number): number {
  if (offset + 4 > bytes.length) throw new MalformedEncoding('it ends within a value')
  return bytes.readUInt32BE(offset)
}

function within({ bytes }: Walk, offset: number): number {
  if (offset > bytes.length) throw new MalformedEncoding('it ends within a value')
  return offset
}
