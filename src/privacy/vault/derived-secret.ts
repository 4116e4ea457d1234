import { hkdfSync, type KeyObject } from 'node:crypto'

const BYTES = 32

/**
 * A secret for a purpose, by HKDF-SHA256 from the vault's index secret, which rotation keeps. The index secret is the
 * input of HKDF here, and never its own key, so no key id of a person can reveal a part of the result.
 */
export function derivedSecret(indexSecret: KeyObject, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', indexSecret, new Uint8Array(), `secret/1 ${purpose}`, BYTES))
}
