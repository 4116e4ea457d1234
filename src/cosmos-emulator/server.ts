import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { obey } from './commands.ts'
import { createEmulator, type Emulator, type EmulatorOptions } from './emulator.ts'
import { tooLarge } from './engine/errors.ts'
import { errorResponse } from './protocol/handler.ts'
import type { CosmosRequest } from './protocol/message.ts'
import type { Serve } from './serve.ts'

/** Where an emulator listens, and how it behaves. */
export type ServerOptions = EmulatorOptions & {
  /** By default one that is free. */
  readonly port?: number
  /** By default 127.0.0.1. */
  readonly host?: string
}

/** An emulator that listens. */
export type RunningEmulator = Emulator & {
  /** Its address for the SDK. */
  readonly endpoint: string
  /** Stops listening, and breaks the connections that are open. */
  close(): Promise<void>
}

/** More than any request may have; what is longer is not kept. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/**
 * Starts an emulator that listens over HTTP.
 *
 * @throws the error of node:http when it cannot listen, such as one with the code `EADDRINUSE`
 */
export async function startCosmosEmulator(options: ServerOptions = {}): Promise<RunningEmulator> {
  const { host = '127.0.0.1', port = 0 } = options
  const { emulator, serve } = createEmulator(options)
  const serveAll: Serve = async (request, signal) => obey(emulator, request) ?? serve(request, signal)
  const server = createServer((request, response) => {
    answer(serveAll, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return Object.assign(emulator, {
    endpoint: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

async function answer(serve: Serve, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const hungUp = new AbortController()
  outgoing.on('close', () => hungUp.abort())
  const body = await readBody(incoming)
  const request = requestOf(incoming, body ?? '')
  const response = body === undefined ? errorResponse(request, tooLarge()) : await serve(request, hungUp.signal)
  if (response === 'cut') {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(response.status, response.headers)
  outgoing.end(response.body)
}

/** `undefined` when it is too long; it is read to its end even so, as a client listens only when it has sent all. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) chunks.length = 0
    else chunks.push(chunk)
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString()
}

function requestOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: string): CosmosRequest {
  const single = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value])
  return { method, path: url, headers: Object.fromEntries(single), body }
}
