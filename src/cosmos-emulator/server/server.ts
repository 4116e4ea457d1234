import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createEmulator, type Emulator } from '../emulator.ts'
import { tooLarge } from '../engine/errors.ts'
import type { EmulatorOptions } from '../options.ts'
import { errorResponse } from '../protocol/handler.ts'
import type { CosmosRequest } from '../protocol/message.ts'
import type { Serve } from '../serve.ts'
import { runCommand } from './commands.ts'
import { isLoopback, refusalOf } from './local-requests.ts'

/** Where an emulator listens, and how it behaves. */
export type ServerOptions = EmulatorOptions & {
  /** By default a free one. */
  readonly port?: number
  /** By default 127.0.0.1. */
  readonly host?: string
  /** Additional host names of the emulator in the `Host` header, besides `host`, localhost and loopback addresses. */
  readonly allowedHosts?: readonly string[]
}

/** An emulator that listens. */
export type RunningEmulator = Emulator & {
  /** Its address for the SDK. */
  readonly endpoint: string
  /** Stops listening, and breaks the connections that are open. */
  close(): Promise<void>
}

/** More than any request may have; a longer body is not kept. */
const MAX_BODY_BYTES = 16 * 1024 * 1024

/** Longer headers than those that the emulator refuses with 400, as the service does. */
const MAX_HEADER_BYTES = 64 * 1024

/**
 * Starts an emulator that listens over HTTP. It warns (`process.emitWarning`) if other machines can reach it.
 *
 * @throws the error of node:http if it cannot listen, such as one with the code `EADDRINUSE`
 */
export async function startCosmosEmulator(options: ServerOptions = {}): Promise<RunningEmulator> {
  const { host = '127.0.0.1', port = 0, allowedHosts = [] } = options
  const { emulator, serve } = createEmulator(options)
  const hosts = new Set([host, ...allowedHosts].map(asInHeader))
  const serveAll: Serve = async (request, signal) => runCommand(emulator, request) ?? serve(request, signal)
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    answer(serveAll, hosts, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  if (!isLoopback(host)) {
    const who = `The emulator of Azure Cosmos DB listens on ${host}: anyone who reaches that address and knows its key`
    process.emitWarning(`${who} can read, change and use up everything in it.`, 'TidemarkWarning')
  }
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return Object.assign(emulator, {
    endpoint: `http://${asInHeader(host)}:${bound}/`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

const asInHeader = (host: string): string => (host.includes(':') ? `[${host}]` : host).toLowerCase()

async function answer(
  serve: Serve,
  hosts: ReadonlySet<string>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const hungUp = new AbortController()
  outgoing.on('close', () => hungUp.abort())
  const body = await readBody(incoming)
  const request = requestOf(incoming, body ?? '')
  const refusal = body === undefined ? tooLarge() : refusalOf(request, hosts)
  const response = refusal === undefined ? await serve(request, hungUp.signal) : errorResponse(request, refusal)
  if (response === 'cut') {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(response.status, response.headers)
  outgoing.end(response.body)
}

/**
 * `undefined` if it is too long; it is read to its end nevertheless, because a client only listens once it has sent
 * everything.
 */
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
