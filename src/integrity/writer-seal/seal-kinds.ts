import type { KeyObject } from 'node:crypto'
import { builtin } from '../../core/builtin-modules.ts'

/** How events are sealed: by HMAC-SHA-256 with a shared secret, or by an Ed25519 signature. */
export type SealKind = 'hmac' | 'ed25519'

const ID_CONTEXT = 'tidemark/writer-key/v1'

/** The HMAC-SHA-256 of a message. */
export const hmac = (secret: KeyObject, message: Uint8Array): Uint8Array =>
  builtin.crypto().createHmac('sha256', secret).update(message).digest()

/** The id of a shared secret. It says nothing about it, because messages of seals begin otherwise. */
export const sharedKeyId = (secret: KeyObject): string => shortened(hmac(secret, Buffer.from(`${ID_CONTEXT} hmac`)))

/** The id of a key pair. @param publicKey its 32 bytes */
export const signingKeyId = (publicKey: Uint8Array): string =>
  shortened(builtin.crypto().createHash('sha256').update(`${ID_CONTEXT} ed25519\n`).update(publicKey).digest())

const shortened = (hash: Uint8Array): string => Buffer.from(hash.subarray(0, 4)).toString('hex')
