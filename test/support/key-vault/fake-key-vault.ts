import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { CryptographyClient } from '@azure/keyvault-keys'
import { Faults } from '../http/faults.ts'
import { listen } from '../http/listen.ts'
import { tlsFront } from '../tls/front.ts'
import { type Asked, cryptographyClient, fakeCredential, HOST, TENANT, TOKEN } from './key-vault-client.ts'
import { type KeyMaterial, rsaMaterial } from './vault-keys.ts'

// The keys of Azure Key Vault over HTTPS, as its REST reference describes getKey, wrapKey and unwrapKey: the challenge
// that names tenant and resource, versions in the path, base64url, and the errors.

/** A permission of the caller. */
export type KeyPermission = 'get' | 'wrapKey' | 'unwrapKey'

/** A key vault with one key, which may have several versions. */
export class FakeKeyVault implements AsyncDisposable {
  readonly faults = new Faults()
  readonly permissions = new Set<KeyPermission>(['get', 'wrapKey', 'unwrapKey'])
  readonly asked: Asked[] = []
  /** The operations that were asked for with a token, such as `unwrapkey`. */
  readonly requests: string[] = []
  /** What a client sent that the service does not accept. */
  readonly refused: string[] = []
  enabled = true
  deleted = false
  expires: Date | undefined
  readonly #versions = new Map<string, KeyMaterial>()
  readonly #create: () => KeyMaterial
  #port = 0
  #stop: () => Promise<void> = async () => {}

  private constructor(create: () => KeyMaterial) {
    this.#create = create
  }

  static async start(create: () => KeyMaterial = rsaMaterial): Promise<FakeKeyVault> {
    const fake = new FakeKeyVault(create)
    const server = createServer((request, response) => {
      fake.#answer(request, response).then(
        (answered) => {
          if (answered === undefined) return
          response.writeHead(answered.status, { 'content-type': 'application/json; charset=utf-8' })
          response.end(JSON.stringify(answered.body))
        },
        (error) => response.destroy(error),
      )
    })
    const plain = await listen(server)
    const front = await tlsFront(plain.url)
    fake.#port = front.port
    fake.#stop = async () => {
      await front[Symbol.asyncDispose]()
      await plain[Symbol.asyncDispose]()
    }
    return fake
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stop()
  }

  /** Creates the next version of the key. @returns the SDK's client for it */
  rotate(): CryptographyClient {
    const version = randomUUID().replaceAll('-', '')
    this.#versions.set(version, this.#create())
    return this.client(`https://${HOST}/keys/tidemark/${version}`)
  }

  client(keyId: string, credential = fakeCredential(this.asked)): CryptographyClient {
    return cryptographyClient(keyId, this.#port, credential)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const text = await new Response(request).text()
    const { pathname, searchParams } = new URL(request.url ?? '/', `https://${HOST}`)
    if (request.headers.authorization === undefined) {
      if (text !== '') this.refused.push('a body before the challenge')
      const authorization = `authorization="https://login.microsoftonline.com/${TENANT}"`
      response.setHeader('WWW-Authenticate', `Bearer ${authorization}, resource="https://vault.azure.net"`)
      return failure(401, 'Unauthorized')
    }
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return failure(401, 'Unauthorized')
    if (!/^(7\.\d|20\d\d-\d\d-\d\d)$/.test(searchParams.get('api-version') ?? '')) this.refused.push('api-version')
    const [, name, version = '', operation = 'get'] = /^\/keys\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? []
    if (name !== 'tidemark') this.refused.push(`${request.method} ${pathname}`)
    this.requests.push(operation)
    if (await this.faults.meet(response)) return undefined
    const key = this.#versions.get(version)
    if (key === undefined || this.deleted) return failure(404, 'KeyNotFound')
    if (operation === 'get') return this.#get(version, key)
    return this.#operate(request, { operation, version, key, text })
  }

  #get(version: string, { jwk }: KeyMaterial): Answer {
    if (!this.permissions.has('get')) return failure(403, 'Forbidden', 'ForbiddenByRbac')
    const kid = `https://${HOST}/keys/tidemark/${version}`
    const exp = this.expires && Math.floor(this.expires.getTime() / 1000)
    const attributes = { enabled: this.enabled, ...(exp && { exp }), recoveryLevel: 'Recoverable', recoverableDays: 90 }
    return answer({ key: { kid, key_ops: ['wrapKey', 'unwrapKey'], ...jwk }, attributes })
  }

  #operate(request: IncomingMessage, asked: Operation): Answer {
    const { operation, version, key, text } = asked
    const permission = ({ wrapkey: 'wrapKey', unwrapkey: 'unwrapKey' } as const)[operation]
    if (permission === undefined || request.method !== 'POST') return failure(405, 'MethodNotAllowed')
    if (!request.headers['content-type']?.startsWith('application/json')) this.refused.push('content-type')
    const { alg, value, ...others } = JSON.parse(text) as Record<string, string>
    if (Object.keys(others).length > 0) this.refused.push(`members ${Object.keys(others)}`)
    if (!/^[A-Za-z0-9_-]+$/.test(value ?? '')) this.refused.push('value is not base64url')
    if (!this.permissions.has(permission)) return failure(403, 'Forbidden', 'ForbiddenByRbac')
    // As the service does it: a disabled key still wraps.
    if (!this.enabled && permission === 'unwrapKey') return failure(403, 'Forbidden', 'KeyDisabled')
    if (alg !== key.algorithm) return failure(400, 'BadParameter')
    try {
      const bytes = Buffer.from(value ?? '', 'base64url')
      const result = permission === 'wrapKey' ? key.wrap(bytes) : key.unwrap(bytes)
      const kid = `https://${HOST}/keys/tidemark/${version}`
      return answer({ kid, value: result.toString('base64url') })
    } catch {
      return failure(400, 'BadParameter')
    }
  }
}

type Operation = {
  readonly operation: string
  readonly version: string
  readonly key: KeyMaterial
  readonly text: string
}

type Answer = { readonly status: number; readonly body: object }

const answer = (body: object): Answer => ({ status: 200, body })

function failure(status: number, code: string, inner?: string): Answer {
  return {
    status,
    body: { error: { code, message: `${code} of the fake`, ...(inner && { innererror: { code: inner } }) } },
  }
}
