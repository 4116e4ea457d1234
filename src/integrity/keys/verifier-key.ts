import { InvalidChainKey } from '../../core/errors/integrity.ts'
import { formatBase64, parseBase64 } from '../base64.ts'
import { sha256 } from '../merkle/hash.ts'
import { KEY_TYPES, type Signed } from './key-type.ts'
import { isKeyName } from './origin.ts'

/** The public part of a key that signs notes. */
export type VerifierKey = {
  readonly name: string
  /** The key's id: 4 bytes as 8 hexadecimal digits. With the name it says which key made a signature. */
  readonly id: string
  /** `LOG_KEY` or `WITNESS_KEY`. */
  readonly type: number
  /** `<name>+<id>+<base64 of the type and the public key>`. */
  readonly text: string
  /** What a signature says about a note's text, or undefined if it is not a signature of it by this key. */
  verify(text: string, signature: Uint8Array): Signed | undefined
}

/** The id of a key (C2SP, signed-note). @param material the byte of its type and its public part */
export function keyId(name: string, material: Uint8Array): string {
  const hash = sha256(Buffer.concat([Buffer.from(`${name}\n`), material]))
  return Buffer.from(hash.subarray(0, 4)).toString('hex')
}

/** The text of a verifier key. @param publicKey its raw bytes @throws InvalidChainKey if the name is invalid */
export function formatVerifierKey(name: string, type: number, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw new InvalidChainKey('A key needs a name without white space and plus signs')
  const material = Buffer.concat([Uint8Array.of(type), publicKey])
  return `${name}+${keyId(name, material)}+${formatBase64(material)}`
}

const FORM = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/

/**
 * Parses a verifier key, `<name>+<8 hexadecimal digits>+<base64>` (C2SP, signed-note).
 *
 * @throws InvalidChainKey if it is malformed, or of a type that is not supported
 */
export function parseVerifierKey(text: string): VerifierKey {
  if (/^PRIVATE\+KEY\+/.test(text)) throw invalid('it is a private key, which must be kept secret')
  const [, name = '', id = '', base64 = ''] = FORM.exec(text) ?? []
  const material = parseBase64(base64)
  if (!isKeyName(name) || material === undefined) throw invalid('expected <name>+<8 hexadecimal digits>+<base64>')
  const [byte = 0] = material
  const type = KEY_TYPES.get(byte)
  if (type === undefined) throw invalid(`its type ${byte} is not supported`)
  if (material.length !== 1 + type.keySize) throw invalid(`a key of type ${byte} has ${type.keySize} bytes`)
  if (keyId(name, material) !== id) throw invalid('its id does not belong to its name and its bytes')
  const key = type.importKey(material.subarray(1))
  return { name, id, type: byte, text, verify: (note, signature) => type.verify(key, note, signature) }
}

const invalid = (reason: string) => new InvalidChainKey(`Invalid verifier key: ${reason}`)
