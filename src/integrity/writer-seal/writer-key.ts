import type { KeyObject } from 'node:crypto'
import { builtin } from '../../core/builtin-modules.ts'
import { InvalidChainKey } from '../../core/errors/integrity.ts'
import { createSecretFile, readSecretFile } from '../../core/files/secret-file.ts'
import { formatBase64 } from '../base64.ts'
import { KEY_SIZE, privateKeyOf, publicBytesOf, signEd25519 } from '../keys/ed25519.ts'
import { hmac, type SealKind, sharedKeyId, signingKeyId } from './seal-kinds.ts'

/** A key that seals events. */
export type WriterKey = {
  /** `hmac` is a secret that writers and verifiers share; with `ed25519`, verifiers have only the public part. */
  readonly kind: SealKind
  /** Tells keys apart: 8 hexadecimal digits, which reveal nothing about the key. */
  readonly id: string
  /** What verifies its seals, for `Trust.writers`; undefined for a shared secret, whose file is given instead. */
  readonly verifier: string | undefined
  sign(message: Uint8Array): Uint8Array
}

const WHAT = 'writer key'
const FORMAT = 'tidemark-writer-key/1'
const FORM = /^tidemark-writer-key\/1 (hmac|ed25519)\n([A-Za-z0-9_-]{43})\n$/

/**
 * Creates the file of a key that seals events, which only its owner can read. Every process that appends needs a copy.
 *
 * @throws InvalidConfiguration if the file exists, whatever is in it, or cannot be written
 */
export async function createWriterKey(file: string, kind: SealKind): Promise<WriterKey> {
  const secret = builtin.crypto().randomBytes(KEY_SIZE)
  await createSecretFile(file, `${FORMAT} ${kind}\n${secret.toString('base64url')}\n`, WHAT)
  return writerKeyOf(kind, secret)
}

/**
 * The key in a file that `createWriterKey` created. It is read once, here.
 *
 * @throws InvalidConfiguration if it cannot be read, or others may read it; InvalidChainKey if it is not such a file
 */
export async function readWriterKey(file: string): Promise<WriterKey> {
  const { kind, secret } = await readWriterSecret(file)
  return writerKeyOf(kind, secret)
}

/** The same, before it is a key. */
export async function readWriterSecret(file: string): Promise<{ readonly kind: SealKind; readonly secret: Buffer }> {
  const [, kind, text = ''] = FORM.exec(await readSecretFile(file, WHAT)) ?? []
  const secret = Buffer.from(text, 'base64url')
  // 43 letters have 2 bits to spare.
  if (kind === undefined || secret.length !== KEY_SIZE || secret.toString('base64url') !== text) {
    throw new InvalidChainKey(`${file} is not the file of a writer key`)
  }
  return { kind: kind as SealKind, secret }
}

/**
 * A key from its secret, which may come from elsewhere than a file.
 *
 * @param secret 32 random bytes
 * @throws InvalidChainKey if it has another length
 */
export function writerKeyOf(kind: SealKind, secret: Uint8Array): WriterKey {
  if (secret.length !== KEY_SIZE) throw new InvalidChainKey(`The secret of a writer key has ${KEY_SIZE} bytes`)
  return kind === 'hmac' ? sharedKey(secret) : signingKey(privateKeyOf(secret))
}

function sharedKey(given: Uint8Array): WriterKey {
  const secret = builtin.crypto().createSecretKey(given)
  return { kind: 'hmac', id: sharedKeyId(secret), verifier: undefined, sign: (message) => hmac(secret, message) }
}

function signingKey(key: KeyObject): WriterKey {
  const bytes = publicBytesOf(key)
  return {
    kind: 'ed25519',
    id: signingKeyId(bytes),
    verifier: `ed25519:${formatBase64(bytes)}`,
    sign: (message) => signEd25519(key, message),
  }
}
