import { builtin } from '../../core/builtin-modules.ts'
import { InvalidChainKey } from '../../core/errors/integrity.ts'
import { parseBase64 } from '../base64.ts'
import { KEY_SIZE, publicKeyOf, rawPublicKey, verifyEd25519 } from '../keys/ed25519.ts'
import { hmac, type SealKind, sharedKeyId, signingKeyId } from './seal-kinds.ts'
import { readWriterSecret } from './writer-key.ts'

/** What verifies the seals of one key. */
export type WriterVerifier = {
  readonly kind: SealKind
  /** The key's id; see `WriterKey`. */
  readonly id: string
  verify(message: Uint8Array, seal: Uint8Array): boolean
}

/**
 * What a text of `Trust.writers` verifies with:
 *
 * - `ed25519:<base64>`: a public key, its 32 bytes or its SPKI
 * - `hmac:<file>`: a shared secret, in the file that `createWriterKey` created
 *
 * @throws InvalidChainKey if it is none of them; InvalidConfiguration if the file cannot be read, or others may read it
 */
export async function writerVerifier(text: string): Promise<WriterVerifier> {
  const [, kind, rest = ''] = /^(hmac|ed25519):(.+)$/s.exec(text) ?? []
  // The message does not repeat the text, which may be a secret.
  if (kind === undefined)
    throw new InvalidChainKey('Not what verifies writers: expected ed25519:<base64> or hmac:<file>')
  const bytes = parseBase64(rest)
  if (kind === 'hmac') {
    if (bytes?.length === KEY_SIZE) throw new InvalidChainKey('hmac: must be followed by the file, not by the secret')
    return sharedVerifier(await sharedSecretIn(rest))
  }
  const key = bytes && rawPublicKey(bytes)
  if (key === undefined) throw new InvalidChainKey('ed25519: must be followed by a public key, 32 bytes in base64')
  return publicVerifier(key)
}

async function sharedSecretIn(file: string): Promise<Uint8Array> {
  const { kind, secret } = await readWriterSecret(file)
  if (kind !== 'hmac') throw new InvalidChainKey(`${file} contains a private key: verifiers get its public part`)
  return secret
}

function publicVerifier(bytes: Uint8Array): WriterVerifier {
  const key = publicKeyOf(bytes)
  return {
    kind: 'ed25519',
    id: signingKeyId(bytes),
    verify: (message, seal) => verifyEd25519(key, message, seal),
  }
}

function sharedVerifier(bytes: Uint8Array): WriterVerifier {
  const secret = builtin.crypto().createSecretKey(bytes)
  return {
    kind: 'hmac',
    id: sharedKeyId(secret),
    verify(message, seal) {
      const expected = hmac(secret, message)
      return seal.length === expected.length && builtin.crypto().timingSafeEqual(seal, expected)
    },
  }
}
