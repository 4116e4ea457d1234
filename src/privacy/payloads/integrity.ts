import { builtin } from '../../core/builtin-modules.ts'
import type { PayloadReference } from './payloads.ts'

/** What an event's reference records about the stored object. */
export type PayloadDigest = Pick<PayloadReference, 'bytes' | 'sha256'>

/** The size of an object, and its SHA-256 in hexadecimal. */
export const digestOf = (content: Uint8Array): PayloadDigest => ({
  bytes: content.byteLength,
  sha256: builtin.crypto().createHash('sha256').update(content).digest('hex'),
})

/** Whether an object is the one that an event refers to. */
export const isIntact = (content: Uint8Array, { bytes, sha256 }: PayloadDigest): boolean =>
  content.byteLength === bytes && digestOf(content).sha256 === sha256
