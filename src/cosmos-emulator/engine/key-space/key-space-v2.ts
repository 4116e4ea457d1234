import { badRequest } from '../errors.ts'
import { type KeySpace, WHOLE } from './key-space.ts'
import { murmur128 } from './murmur.ts'
import { encodeKey } from './partition-key.ts'

const SPACE = 1n << 126n
const DIGITS = 32

/**
 * The hash that Cosmos calls version 2: a place has 32 hexadecimal digits. It agrees with `utils/hashing/v2` of the SDK
 * for JavaScript.
 */
export const KEY_SPACE_V2: KeySpace = {
  placeOf(value) {
    const [low, high] = murmur128(encodeKey(value, 0xff))
    return hex(((high << 64n) | low) & (SPACE - 1n))
  },
  evenCuts(count) {
    return Array.from({ length: count - 1 }, (_, i) => hex((SPACE * BigInt(i + 1)) / BigInt(count) - 1n))
  },
  middleOf({ min, max }) {
    const middle = hex((numberOf(min) + (max === WHOLE.max ? SPACE : numberOf(max))) / 2n)
    if (middle <= min || middle >= max) throw badRequest(`[${min}, ${max}) cannot be cut.`)
    return middle
  },
}

function numberOf(place: string): bigint {
  return place === '' ? 0n : BigInt(`0x${place.padEnd(DIGITS, '0')}`)
}

function hex(place: bigint): string {
  return place.toString(16).toUpperCase().padStart(DIGITS, '0')
}
