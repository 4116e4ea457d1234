import { readFileSync } from 'node:fs'
import type { TokenCredential } from '@azure/identity'
import { CryptographyClient } from '@azure/keyvault-keys'
import { CERTIFICATE } from '../tls/front.ts'

/** What the tokens of the fake are for, and who issues them. */
export const TENANT = '7f2d0c6e-1f0b-4a57-9d3c-3a1f5c0e8b11'
export const TOKEN = 'token-of-the-tests'
export const HOST = 'acme.vault.azure.net'

/** The tenants and scopes for which the client asked for tokens. */
export type Asked = { readonly scopes: string | string[]; readonly tenantId: string | undefined }

/** A credential that gives the token of the fake. */
export function fakeCredential(asked: Asked[]): TokenCredential {
  return {
    async getToken(scopes, options) {
      asked.push({ scopes, tenantId: options?.tenantId })
      return { token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }
    },
  }
}

/**
 * The SDK's client for a key of the fake. It is given the address that a vault has, so that it verifies the challenge
 * as it does in production; only the connection goes to the fake.
 */
export function cryptographyClient(keyId: string, port: number, credential: TokenCredential): CryptographyClient {
  const redirect = {
    name: 'redirect-to-the-fake',
    async sendRequest<Request extends { url: string }, Answer>(
      request: Request,
      next: (r: Request) => Promise<Answer>,
    ) {
      const { url } = request
      request.url = url.replace(`https://${HOST}`, `https://localhost:${port}`)
      try {
        return await next(request)
      } finally {
        request.url = url
      }
    },
  }
  return new CryptographyClient(keyId, credential, {
    additionalPolicies: [{ policy: redirect, position: 'perRetry' }],
    tlsOptions: { ca: readFileSync(CERTIFICATE) },
    retryOptions: { maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 2 },
  })
}
