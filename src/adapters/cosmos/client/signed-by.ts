import { setAuthorizationTokenHeaderUsingMasterKey, type TokenProvider } from '@azure/cosmos'

/**
 * Signs each request with the key as it is then, so that a key can be rotated while the client is in use:
 * `new CosmosClient({ endpoint, tokenProvider: signedBy(() => currentKey()) })`.
 *
 * @param key gives the account's key in base64; it is asked for each request, so it should remember it
 */
export function signedBy(key: () => string | Promise<string>): TokenProvider {
  return async ({ verb, resourceId, resourceType, headers }) => {
    const signed: Record<string, string> = {}
    await setAuthorizationTokenHeaderUsingMasterKey(verb, resourceId, resourceType, signed, await key())
    // The signature is made of the date, too.
    headers['x-ms-date'] = signed['x-ms-date'] as string
    // The SDK encodes it again.
    return decodeURIComponent(signed.authorization as string)
  }
}
