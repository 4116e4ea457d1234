import { isJsonObject, type JsonObject } from '../../core/json/json.ts'
import { isCount } from '../ledger/shapes.ts'
import { parseHash } from '../merkle/hash.ts'
import { parseNonce } from './work.ts'

/** The most zero bits that can be asked for. All the machines that mine Bitcoin find about 95 in a year. */
export const MOST_BITS = 128

/** The nonces of a claim: about four minutes of one core. */
export const CHUNK = 2 ** 28

/** A chunk of nonces that a host is searching. */
export type Claim = {
  /** The chunk's number, from 0: chunk i holds the nonces from `i * chunk` on. */
  readonly chunk: number
  /** A name that the host made up. */
  readonly by: string
  /** When others may take it over, in milliseconds of Unix time. */
  readonly until: number
}

/** Work over a head of the ledger, done or under way. Hashes are base64. */
export type WorkRecord = {
  /** The head that it covers. */
  readonly size: number
  readonly root: string
  /** How many zero bits its hash begins with, at least. */
  readonly bits: number
  /** The work of the record before. */
  readonly previous: string
  /** The nonces of a chunk. */
  readonly chunk: number
  /** The first chunk that was never claimed. */
  readonly next: number
  readonly claims: readonly Claim[]
  /** Absent while it is searched for. */
  readonly nonce?: string
}

/** The record in a stored document, or undefined if it does not have the shape of one. */
export function parseWork(content: JsonObject | undefined): WorkRecord | undefined {
  if (content === undefined) return undefined
  const { size, root, bits, previous, chunk, next, claims, nonce } = content
  if (!isCount(size) || size === 0 || !isCount(next)) return undefined
  if (!isCount(bits) || bits === 0 || bits > MOST_BITS || !isCount(chunk) || chunk === 0 || chunk > CHUNK)
    return undefined
  if (parseHash(root) === undefined || parseHash(previous) === undefined) return undefined
  if (!Array.isArray(claims) || !claims.every(isClaim)) return undefined
  if (nonce !== undefined && parseNonce(nonce) === undefined) return undefined
  return content as WorkRecord
}

const isClaim = (value: unknown): value is Claim =>
  isJsonObject(value) && isCount(value.chunk) && typeof value.by === 'string' && isCount(value.until)
