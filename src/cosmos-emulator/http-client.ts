import { createEmulator, type Emulator } from './emulator.ts'
import type { EmulatorOptions } from './options.ts'
import type { CosmosRequest } from './protocol/message.ts'
import { ResponseHeaders } from './response-headers.ts'

/** A request of the SDK's pipeline, as far as it is looked at. */
export type PipelineRequestLike = {
  readonly url: string
  readonly method: string
  readonly headers: Iterable<[string, string]>
  readonly body?: unknown
  readonly abortSignal?: AbortSignalLike
}

/** An abort signal of the web, or of the SDK. */
export type AbortSignalLike = {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => void): void
  removeEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => void): void
}

/** A response as the SDK's pipeline takes it. */
export type PipelineResponseLike<Request> = {
  readonly request: Request
  readonly status: number
  readonly headers: ResponseHeaders
  readonly bodyAsText: string
}

/** What `CosmosClientOptions.httpClient` takes. */
export type EmulatorHttpClient = {
  sendRequest<Request extends PipelineRequestLike>(request: Request): Promise<PipelineResponseLike<Request>>
}

/** An emulator in this process, reached without a socket. */
export type InProcessEmulator = Emulator & {
  /** An address for the SDK; nothing listens there. */
  readonly endpoint: string
  readonly httpClient: EmulatorHttpClient
}

/**
 * Makes an emulator in this process:
 *
 * ```ts
 * const { endpoint, key, httpClient } = cosmosEmulator()
 * const client = new CosmosClient({ endpoint, key, httpClient })
 * ```
 *
 * Every request is handled in a turn of the event loop of its own. A connection that a fault cuts rejects with an error
 * whose code is `ECONNRESET`; an aborted request with an error named `AbortError`.
 */
export function cosmosEmulator(options: EmulatorOptions = {}): InProcessEmulator {
  const { emulator, serve } = createEmulator(options)
  const httpClient: EmulatorHttpClient = {
    async sendRequest(request) {
      const { signal, dispose } = signalOf(request.abortSignal)
      try {
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
        const response = await serve(requestOf(request), signal)
        signal.throwIfAborted()
        if (response === 'cut') throw Object.assign(new Error('The connection was reset.'), { code: 'ECONNRESET' })
        return {
          request,
          status: response.status,
          headers: new ResponseHeaders(response.headers),
          bodyAsText: response.body,
        }
      } finally {
        dispose()
      }
    },
  }
  return Object.assign(emulator, { endpoint: 'https://cosmos-emulator.invalid/', httpClient })
}

function requestOf({ url, method, headers, body }: PipelineRequestLike): CosmosRequest {
  const [, protocol = '', host = '', path = ''] = /^(\w+):\/\/([^/]*)(.*)$/s.exec(url) ?? []
  const byName = Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]))
  return {
    method,
    path: path === '' ? '/' : path,
    headers: { ...byName, host, 'x-forwarded-proto': protocol },
    body: typeof body === 'string' ? body : '',
  }
}

function signalOf(given: AbortSignalLike | undefined): { readonly signal: AbortSignal; readonly dispose: () => void } {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (given?.aborted === true) abort()
  given?.addEventListener('abort', abort)
  return { signal: controller.signal, dispose: () => given?.removeEventListener('abort', abort) }
}
