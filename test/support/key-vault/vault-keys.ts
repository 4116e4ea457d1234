import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'

/** What a version of a key does: it wraps and unwraps by one algorithm, and shows its public part. */
export type KeyMaterial = {
  readonly algorithm: string
  readonly jwk: Readonly<Record<string, string>>
  wrap(bytes: Buffer): Buffer
  /** @throws for bytes that it did not wrap */
  unwrap(bytes: Buffer): Buffer
}

/** An RSA key as Key Vault has them. */
export function rsaMaterial(): KeyMaterial {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const padded = (key: KeyObject) => ({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' })
  return {
    algorithm: 'RSA-OAEP-256',
    jwk: { kty: 'RSA', n, e },
    wrap: (bytes) => publicEncrypt(padded(publicKey), bytes),
    unwrap: (bytes) =>
      privateDecrypt(padded(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))), bytes),
  }
}

const WRAP_IV = Buffer.alloc(8, 0xa6)

/** An AES key as a managed HSM has them. */
export function aesMaterial(): KeyMaterial {
  const key = randomBytes(32)
  return {
    algorithm: 'A256KW',
    jwk: { kty: 'oct-HSM' },
    wrap(bytes) {
      const cipher = createCipheriv('id-aes256-wrap', key, WRAP_IV)
      return Buffer.concat([cipher.update(bytes), cipher.final()])
    },
    unwrap(bytes) {
      const decipher = createDecipheriv('id-aes256-wrap', key, WRAP_IV)
      return Buffer.concat([decipher.update(bytes), decipher.final()])
    },
  }
}
