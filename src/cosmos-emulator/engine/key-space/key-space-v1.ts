import { badRequest } from '../errors.ts'
import { type KeySpace, WHOLE } from './key-space.ts'
import { murmur32 } from './murmur-32.ts'
import { encodeKey, type PartitionKeyValue } from './partition-key.ts'

/** Of a string, no more than this many characters count. */
const MAX_STRING_CHARACTERS = 100
const HASHES = 2 ** 32

/**
 * The hash that Cosmos calls version 1: a place is a hash of 32 bits, then the value itself, in an encoding that sorts
 * as text. It agrees with `utils/hashing/v1` of the SDK for JavaScript.
 */
export const KEY_SPACE_V1: KeySpace = {
  placeOf(value) {
    const key = typeof value === 'string' ? value.slice(0, MAX_STRING_CHARACTERS) : value
    return hex([...sortableNumber(murmur32(encodeKey(key, 0x00))), ...sortable(key)])
  },
  evenCuts(count) {
    return Array.from({ length: count - 1 }, (_, i) => placeOfHash(Math.floor(((HASHES - 1) * (i + 1)) / count)))
  },
  middleOf({ min, max }) {
    const middle = placeOfHash(Math.floor((firstHashFrom(min) + (max === WHOLE.max ? HASHES : firstHashFrom(max))) / 2))
    if (middle <= min || middle >= max) throw badRequest(`[${min}, ${max}) cannot be cut.`)
    return middle
  },
}

/** The least hash whose places do not come before a place. */
function firstHashFrom(place: string): number {
  let from = 0
  let to = HASHES
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (placeOfHash(middle) < place) from = middle + 1
    else to = middle
  }
  return from
}

function placeOfHash(hash: number): string {
  return hex(sortableNumber(hash))
}

function sortable(value: PartitionKeyValue): number[] {
  if (typeof value === 'number') return sortableNumber(value)
  if (typeof value !== 'string') return [...encodeKey(value, 0x00)]
  return [0x08, ...Array.from(Buffer.from(value), (byte) => byte + 1), 0x00]
}

/** A double whose bytes sort as numbers do, the first byte whole and then seven bits a byte, the last without a mark. */
function sortableNumber(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const sign = 1n << 63n
  let rest = BigInt.asUintN(64, bits < sign ? bits ^ sign : -bits)
  const bytes = [0x05, Number(rest >> 56n)]
  rest = BigInt.asUintN(64, rest << 8n)
  const groups: number[] = []
  do {
    groups.push(Number(rest >> 56n) & 0xfe)
    rest = BigInt.asUintN(64, rest << 7n)
  } while (rest !== 0n)
  const last = groups.pop() ?? 0
  bytes.push(...groups.map((group) => group | 1))
  // The SDK leaves a last byte of nothing out.
  return last === 0 ? bytes : [...bytes, last]
}

function hex(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('hex').toUpperCase()
}
