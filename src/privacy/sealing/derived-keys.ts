import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** Size of every key, in bytes. */
export const KEY_BYTES = 32

/** The two keys that seal; see `seal`. */
export type SealingKeys = {
  /** For AES-256-GCM. */
  readonly encryption: KeyObject
  /** For HMAC-SHA256, from which nonces are derived. */
  readonly nonce: KeyObject
}

/** The keys that are derived from the key of one person. */
export type PersonKeys = SealingKeys & {
  /** `<key id>.<generation>` */
  readonly ref: string
  /** A share of the keys of states that contain data of this person. */
  readonly share: KeyObject
}

/**
 * Derives the keys of one person, once for each time that the person's key is loaded.
 *
 * @param ref `<key id>.<generation>`
 * @param key the person's key, 32 bytes
 */
export function personKeys(ref: string, key: KeyObject): PersonKeys {
  const [encryption, nonce, share] = derive(key, `tidemark/person/1 ${ref}`, 3) as [KeyObject, KeyObject, KeyObject]
  return { ref, encryption, nonce, share }
}

/**
 * Derives the keys of a state that contains data of several people: without the key of any one of them, a process cannot derive
 * it. The order of the people does not matter.
 *
 * @param people each once, at least one
 */
export function jointKeys(people: readonly PersonKeys[]): SealingKeys {
  const sorted = people.toSorted((a, b) => (a.ref < b.ref ? -1 : 1))
  const shares = Buffer.concat(sorted.map(({ share }) => share.export()))
  const joint = createSecretKey(shares)
  shares.fill(0)
  const [encryption, nonce] = derive(joint, 'tidemark/state/1', 2) as [KeyObject, KeyObject]
  return { encryption, nonce }
}

// HKDF-SHA256 without a salt, since the input is uniformly random. One call for several keys: these are disjoint parts
// of its output, which is what RFC 5869 gives it a length for.
function derive(key: KeyObject, info: string, count: number): KeyObject[] {
  const bytes = Buffer.from(hkdfSync('sha256', key, '', info, count * KEY_BYTES))
  const keys = Array.from({ length: count }, (_, i) =>
    createSecretKey(bytes.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES)),
  )
  bytes.fill(0)
  return keys
}
