import { builtin } from '../../core/builtin-modules.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json, JsonObject } from '../../core/json/json.ts'
import type { SealFault } from '../../core/port/document-seals.ts'
import type { SealKey } from './seal-key.ts'
import type { Sealable } from './sealable.ts'

/** What a sealed document contains as `seal`. */
export type Seal = {
  /** The number of blocks that the chain was known to have when the document was saved, or null. */
  readonly size: number | null
  /** What hides the content in the digests of branches: 16 bytes as base64url. It depends on the content and the key. */
  readonly salt: string
  /** HMAC-SHA-256 over everything else, as base64url. */
  readonly mac: string
}

/**
 * The number of bytes that a seal, and the name of the code that folded a view, add to a document at most, with
 * something to spare.
 */
export const SEAL_BYTES = 256

const SALT_BYTES = 16

const crypto = builtin.crypto()

/**
 * The seal of a document.
 *
 * @param keys the first seals; the others are earlier ones
 * @throws NotJson
 */
export function sealOf(keys: readonly SealKey[], document: Sealable, size: number | null): Seal {
  const content = canonicalJson(document.content)
  const [key] = keys as [SealKey]
  // The same content keeps its salt when the key changes, because a branch tells from the digest whether it changed.
  const former = parseSeal(document.seal)?.salt
  const salts = keys.map((one) => saltOf(one, content)) as [string, ...string[]]
  const salt = salts.find((one) => one === former) ?? salts[0]
  return { size, salt, mac: macOf(key, document, content, { size, salt }).toString('base64url') }
}

/** What is wrong with a document's seal, or undefined. */
export function sealFault(keys: readonly SealKey[], document: Sealable): SealFault | undefined {
  if (document.seal === undefined) return 'missing'
  const seal = parseSeal(document.seal)
  if (seal === undefined) return 'wrong'
  try {
    const content = canonicalJson(document.content)
    const found = Buffer.from(seal.mac, 'base64url')
    const isRight = (key: SealKey) => {
      const mac = macOf(key, document, content, seal)
      return mac.length === found.length && crypto.timingSafeEqual(mac, found)
    }
    return keys.some(isRight) ? undefined : 'wrong'
  } catch {
    // What is not JSON was not saved.
    return 'wrong'
  }
}

/** The seal that a document contains, or undefined if it is not one. */
export function parseSeal(found: Json | undefined): Seal | undefined {
  const { size, salt, mac } = (found ?? {}) as { readonly [member: string]: Json | undefined }
  if (size !== null && !Number.isSafeInteger(size)) return undefined
  if (typeof salt !== 'string' || typeof mac !== 'string') return undefined
  return { size: size as number | null, salt, mac }
}

const saltOf = (key: SealKey, content: string): string =>
  hmac(key, 'tidemark/salt/v1', content).subarray(0, SALT_BYTES).toString('base64url')

const macOf = (key: SealKey, { kind, rest }: Sealable, content: string, { size, salt }: Omit<Seal, 'mac'>) =>
  hmac(key, `tidemark/${kind}-seal/v1`, canonicalJson({ ...rest, seal: { size, salt } } as JsonObject), content)

// A canonical text contains no line break, so that the parts cannot be confused.
const hmac = (key: SealKey, ...parts: readonly string[]): Buffer =>
  crypto.createHmac('sha256', key).update(parts.join('\n')).digest()
