import { setAuthorizationTokenHeaderUsingMasterKey, type TokenProvider } from '@azure/cosmos'

/**
 * Signs each request with the current key, so that a key can be rotated while the client is in use: `new CosmosClient({
 * endpoint, tokenProvider: signedBy(() => currentKey()) })`.
 *
 * @param key returns the account's key in base64; it is called for each request, so it should cache the key
 */
export function signedBy(key: () => string | Promise<string>): TokenProvider {
  return async ({ verb, resourceId, resourceType, headers }) => {
    const signed: Record<string, string> = {}
    await setAuthorizationTokenHeaderUsingMasterKey(verb, resourceId, resourceType, signed, await key())
    // The signature includes the date.
    headers['x-ms-date'] = signed['x-ms-date'] as string
    // The SDK encodes it again.
    return decodeURIComponent(signed.authorization as string)
  }
}
