import type { SealableEvent } from '../../core/events/writer-seal.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { SealKind } from './seal-kinds.ts'

/** A seal as `metadata.mac` says it: `<kind>:<key id>:<at|any>:<base64url>`. */
export type EventSeal = {
  readonly kind: SealKind
  readonly keyId: string
  /** Whether it covers the version; where an append left that open, it cannot. */
  readonly coversVersion: boolean
  readonly bytes: Uint8Array
}

const CONTEXT = 'tidemark/writer-seal/v1'

/**
 * What a seal covers: the event without what the storage adds, but with the salt. What the seal says of itself is in
 * it, too, so that it cannot be said to be another one.
 *
 * @throws NotJson
 */
export function sealedBytes(
  { kind, keyId }: Pick<EventSeal, 'kind' | 'keyId'>,
  { streamId, version, eventType, eventData, metadata }: SealableEvent,
): Uint8Array {
  const { mac: _, recordedAt: __, ...covered } = metadata
  return Buffer.from(canonicalJson([CONTEXT, kind, keyId, streamId, version, eventType, eventData, covered]))
}

/** The text of a seal. */
export const formatSeal = ({ kind, keyId, coversVersion, bytes }: EventSeal): string =>
  `${kind}:${keyId}:${coversVersion ? 'at' : 'any'}:${Buffer.from(bytes).toString('base64url')}`

const FORM = /^(hmac|ed25519):([0-9a-f]{8}):(at|any):([\w-]{1,86})$/

/** Parses the text of a seal. @returns undefined if it is not one */
export function parseSeal(text: unknown): EventSeal | undefined {
  if (typeof text !== 'string') return undefined
  const [, kind, keyId = '', place, base64 = ''] = FORM.exec(text) ?? []
  const bytes = Buffer.from(base64, 'base64url')
  if (kind === undefined || bytes.toString('base64url') !== base64) return undefined
  return { kind: kind as SealKind, keyId, coversVersion: place === 'at', bytes }
}
