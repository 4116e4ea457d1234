import { InvalidOption } from '../../core/errors/input.ts'

// Tokens without wildcards, spaces or control characters, joined by dots.
const ADDRESS = /^[^\s.*>\p{Cc}]+(\.[^\s.*>\p{Cc}]+)*$/u

/** @throws InvalidOption if messages cannot be published under an address */
export function assertAddress(name: string, address: string): void {
  if (typeof address === 'string' && ADDRESS.test(address)) return
  throw new InvalidOption(name, 'a subject of NATS without wildcards, such as shop.shipment', address)
}

/** The subject of the messages of one key: the address, and the key as one more token. */
export const subjectOf = (address: string, key: string): string => `${address}.${tokenOf(key)}`

/** The key that a subject ends with, or undefined if something else published to it. */
export function keyIn(subject: string): string | undefined {
  try {
    return decodeURIComponent(subject.slice(subject.lastIndexOf('.') + 1))
  } catch {
    return undefined
  }
}

// A dot would separate tokens, and an asterisk that is alone would be a wildcard.
const tokenOf = (key: string): string =>
  encodeURIComponent(key.toWellFormed()).replaceAll('.', '%2E').replaceAll('*', '%2A')
