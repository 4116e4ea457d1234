import { createHash } from 'node:crypto'

const LONGEST = 150
const KEPT = 100

/**
 * Any text, such as an alert's fingerprint, as a part of a stream's id or as a view's key: percent-encoded, and a hash in
 * place of the end of what is too long.
 */
export function idPartOf(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed())
  if (encoded.length <= LONGEST) return encoded
  return `${encoded.slice(0, KEPT)}~${createHash('sha256').update(text.toWellFormed()).digest('base64url')}`
}
