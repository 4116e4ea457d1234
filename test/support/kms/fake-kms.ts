import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms'
import { Faults } from '../http/faults.ts'
import { listen } from '../http/listen.ts'
import { arnOf, type EncryptionContext, KmsKey } from './kms-keys.ts'
import { CREDENTIALS, faultOfSignature } from './signature.ts'

// AWS KMS over HTTP, as its API reference describes Encrypt and Decrypt: JSON 1.1 with a target, signed requests,
// encryption contexts, states of keys, and the errors.

const REGION = 'eu-west-1'
const TARGET = /^TrentService\.(Encrypt|Decrypt)$/

/** A region of KMS with some symmetric keys. */
export class FakeKms implements AsyncDisposable {
  readonly faults = new Faults()
  readonly permissions = new Set<string>(['Encrypt', 'Decrypt'])
  /** The operations that were asked for, signed. */
  readonly requests: string[] = []
  /** The contexts that came with them. */
  readonly contexts: EncryptionContext[] = []
  /** What a client sent that the service does not accept. */
  readonly refused: string[] = []
  readonly keys = new Map<string, KmsKey>()
  url = ''
  #stop: () => PromiseLike<void> = async () => {}

  private constructor() {}

  static async start(): Promise<FakeKms> {
    const fake = new FakeKms()
    const server = createServer((request, response) => {
      fake.#answer(request, response).then(
        (answered) => {
          if (answered === undefined) return
          const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() }
          response.writeHead(answered.status, headers).end(JSON.stringify(answered.body))
        },
        (error) => response.destroy(error),
      )
    })
    const listening = await listen(server)
    fake.url = listening.url
    fake.#stop = () => listening[Symbol.asyncDispose]()
    return fake
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
  }

  createKey(): KmsKey {
    const key = new KmsKey(`arn:aws:kms:${REGION}:111122223333:key/${randomUUID()}`)
    this.keys.set(key.arn, key)
    return key
  }

  client(options: KMSClientConfig = {}): KMSClient {
    return new KMSClient({ endpoint: this.url, region: REGION, credentials: CREDENTIALS, maxAttempts: 2, ...options })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const text = await new Response(request).text()
    const fault = faultOfSignature(request, text, REGION)
    if (fault === 'unknown access key') return failure('UnrecognizedClientException')
    if (fault !== undefined) {
      this.refused.push(fault)
      return failure('InvalidSignatureException')
    }
    const [, operation] = TARGET.exec(String(request.headers['x-amz-target'])) ?? []
    if (operation === undefined || request.method !== 'POST' || request.url !== '/') this.refused.push('target')
    if (request.headers['content-type'] !== 'application/x-amz-json-1.1') this.refused.push('content-type')
    this.requests.push(operation ?? '')
    if (await this.faults.meet(response)) return undefined
    if (!this.permissions.has(operation ?? '')) return failure('AccessDeniedException')
    return this.#operate(operation as 'Encrypt' | 'Decrypt', JSON.parse(text) as Asked)
  }

  #operate(operation: 'Encrypt' | 'Decrypt', asked: Asked): Answer {
    const { KeyId, EncryptionContext = {}, EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' } = asked
    this.contexts.push(EncryptionContext)
    const key = this.keys.get(KeyId)
    if (key === undefined) return failure('NotFoundException')
    if (key.state === 'Disabled') return failure('DisabledException')
    if (key.state === 'PendingDeletion') return failure('KMSInvalidStateException')
    const bytes = Buffer.from(asked.Plaintext ?? asked.CiphertextBlob ?? '', 'base64')
    if (operation === 'Encrypt') {
      if (bytes.length === 0 || bytes.length > 4096) return failure('ValidationException')
      const CiphertextBlob = key.encrypt(bytes, EncryptionContext).toString('base64')
      return answer({ CiphertextBlob, KeyId, EncryptionAlgorithm })
    }
    if (this.keys.has(arnOf(bytes)) && arnOf(bytes) !== KeyId) return failure('IncorrectKeyException')
    try {
      const Plaintext = key.decrypt(bytes, EncryptionContext).toString('base64')
      return answer({ Plaintext, KeyId, EncryptionAlgorithm })
    } catch {
      return failure('InvalidCiphertextException')
    }
  }
}

type Asked = {
  readonly KeyId: string
  readonly Plaintext?: string
  readonly CiphertextBlob?: string
  readonly EncryptionContext?: EncryptionContext
  readonly EncryptionAlgorithm?: string
}

type Answer = { readonly status: number; readonly body: object }

const answer = (body: object): Answer => ({ status: 200, body })

const failure = (type: string): Answer => ({ status: 400, body: { __type: type, message: `${type} of the fake` } })

/** Throttling, for `faults`: as the service says it. */
export const THROTTLED = {
  answer: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: 'ThrottlingException', message: 'You have exceeded the rate' }),
}
