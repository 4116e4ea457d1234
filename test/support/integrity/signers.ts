import { generateKeyPairSync, sign } from 'node:crypto'
import type { Signer } from '../../../src/integrity/heads/signer.ts'
import { LOG_KEY, WITNESS_KEY } from '../../../src/integrity/keys/key-type.ts'
import { formatVerifierKey } from '../../../src/integrity/keys/verifier-key.ts'

/** A signer with a new key that is nowhere else. */
export function newSigner(name: string, use: 'log' | 'witness' = 'log'): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url')
  return {
    name,
    verifierKey: formatVerifierKey(name, use === 'log' ? LOG_KEY : WITNESS_KEY, raw),
    sign: async (bytes) => sign(null, bytes, privateKey),
  }
}
