import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Namespace } from '../broker/namespace.ts'
import { handle } from './handle.ts'

const HOST = '127.0.0.1'

/** More than any description has. */
const MAX_BODY_BYTES = 256 * 1024

/** Serves the administration client over HTTP. */
export type AdministrationServer = { readonly port: number; close(): Promise<void> }

/** @throws the error of node:net if it cannot listen */
export async function serveAdministration(
  namespace: Namespace,
  port: number,
  since: Date,
): Promise<AdministrationServer> {
  const server = createServer((request, response) => {
    answer(namespace, since, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  namespace: Namespace,
  since: Date,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  const { status, body: text } =
    body === undefined
      ? { status: 413, body: '' }
      : isFromPage(request)
        ? { status: 403, body: '' }
        : handle(namespace, since, {
            method: request.method ?? 'GET',
            url: new URL(request.url ?? '/', `http://${request.headers.host ?? HOST}`),
            updates: request.headers['if-match'] !== undefined,
            body,
          })
  response.writeHead(status, { 'content-type': 'application/atom+xml;charset=utf-8' }).end(text)
}

/** A web page could make a browser send requests here, also under a name that it lets point here. */
const isFromPage = ({ headers: { origin, host = '' } }: IncomingMessage): boolean =>
  origin !== undefined || !/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host)

/** `undefined` if it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString()
}
