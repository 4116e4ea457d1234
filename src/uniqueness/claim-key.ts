import { builtin } from '../core/builtin-modules.ts'

/** What computes the keys of claims: the same value always gives the same key, which does not reveal it. */
export type ClaimKeys = (category: string, name: string, value: string) => string

/**
 * Keys as HMAC-SHA256 over category, name and value, each preceded by its length in bytes, in base64url.
 *
 * @param secret 32 random bytes. Values such as e-mail addresses can be guessed; who has the secret can test guesses.
 */
export function claimKeys(secret: Uint8Array): ClaimKeys {
  const { createHmac, createSecretKey } = builtin.crypto()
  const key = createSecretKey(secret)
  return (...parts) => {
    const hmac = createHmac('sha256', key)
    for (const part of parts) {
      const bytes = Buffer.from(part, 'utf8')
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      hmac.update(length).update(bytes)
    }
    return hmac.digest('base64url')
  }
}
