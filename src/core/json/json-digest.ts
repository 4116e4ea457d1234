import { builtin } from '../builtin-modules.ts'
import { canonicalJson } from './canonical-json.ts'
import type { Json } from './json.ts'

/**
 * A digest of a JSON value: equal values have equal digests, whatever the order of their members. 128 bits of SHA-256 in
 * base64url.
 *
 * @throws NotJson for more than 256 levels
 */
export const jsonDigest = (value: Json): string =>
  builtin.crypto().createHash('sha256').update(canonicalJson(value)).digest('base64url').slice(0, 22)
