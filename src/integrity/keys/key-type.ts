import type { KeyObject } from 'node:crypto'
import { publicKeyOf, SIGNATURE_SIZE, verifyEd25519 } from './ed25519.ts'

/** The key of a log, which signs the text of a note as it is (C2SP, signed-note). */
export const LOG_KEY = 0x01

/** The key of a witness, which signs a head together with the time (C2SP, tlog-cosignature). */
export const WITNESS_KEY = 0x04

/** What a valid signature says besides the text: a cosignature, when it was made, in seconds since 1970. */
export type Signed = { readonly time?: number }

/** What the key of a note can be; the byte that begins its public part says which. */
type KeyType = {
  readonly keySize: number
  importKey(bytes: Uint8Array): KeyObject
  verify(key: KeyObject, text: string, signature: Uint8Array): Signed | undefined
}

const TIME_SIZE = 8

/** The types that are supported. ML-DSA-44, 0x06, can join them when every supported version of Node has it. */
export const KEY_TYPES: ReadonlyMap<number, KeyType> = new Map([
  [
    LOG_KEY,
    {
      keySize: 32,
      importKey: publicKeyOf,
      verify: (key, text, signature) => (verifyEd25519(key, Buffer.from(text), signature) ? {} : undefined),
    },
  ],
  [WITNESS_KEY, { keySize: 32, importKey: publicKeyOf, verify: verifyCosignature }],
])

/** The message that a witness signs: the text of a note after a line of its own, and the time in seconds since 1970. */
export const cosignedMessage = (text: string, time: number): Uint8Array =>
  Buffer.from(`cosignature/v1\ntime ${time}\n${text}`)

/** A cosignature as a note contains it. */
export function timedSignature(time: number, signature: Uint8Array): Uint8Array {
  const prefix = Buffer.alloc(TIME_SIZE)
  prefix.writeBigUInt64BE(BigInt(time))
  return Buffer.concat([prefix, signature])
}

function verifyCosignature(key: KeyObject, text: string, bytes: Uint8Array): Signed | undefined {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE) return undefined
  const time = Number(Buffer.from(bytes.subarray(0, TIME_SIZE)).readBigUInt64BE())
  if (!Number.isSafeInteger(time)) return undefined
  return verifyEd25519(key, cosignedMessage(text, time), bytes.subarray(TIME_SIZE)) ? { time } : undefined
}
