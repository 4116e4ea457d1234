import { InvalidChainKey } from '../../../core/errors/integrity.ts'
import { rawPublicKey } from '../../keys/ed25519.ts'
import { LOG_KEY } from '../../keys/key-type.ts'
import { formatVerifierKey } from '../../keys/verifier-key.ts'
import type { Signer } from '../signer.ts'

/** A key that signs elsewhere, such as in a key management service. */
export type CallbackSignerOptions = {
  /** The key's name, by convention the chain's origin. */
  readonly name: string
  /** The Ed25519 public key: its 32 bytes, or DER as services return it (SPKI). */
  readonly publicKey: Uint8Array
  /** Signs a message with Ed25519, not a hash of it. @returns the 64 bytes of the signature */
  sign(message: Uint8Array): Promise<Uint8Array>
}

/**
 * Signs with a key that never leaves where it is kept. Each signature is verified before it is used.
 *
 * @throws InvalidChainKey if the name or the public key is invalid
 */
export function callbackSigner({ name, publicKey, sign }: CallbackSignerOptions): Signer {
  const bytes = rawPublicKey(publicKey)
  if (bytes === undefined) throw new InvalidChainKey(`${name}: expected an Ed25519 public key, raw or as SPKI in DER`)
  return { name, verifierKey: formatVerifierKey(name, LOG_KEY, bytes), sign: async (message) => sign(message) }
}
