import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What becomes of a request: it is forwarded, gets a status instead, never gets a response, or the connection is cut,
 * before the server has seen it or in the middle of the response's body.
 */
export type RequestFate = 'forward' | { readonly status: number } | 'hang' | 'cutBefore' | 'cutBody'

/** A proxy of HTTP that counts requests and disturbs them. */
export type CountingProxy = {
  readonly port: number
  /** The requests so far, such as `GET /payloads/a`. */
  readonly requests: string[]
  /** From now on, this decides. */
  decide(by: (request: string) => RequestFate): void
  close(): Promise<void>
}

/** Starts a proxy on loopback before a server on loopback. */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  let decide: (request: string) => RequestFate = () => 'forward'
  const requests: string[] = []
  const server = createServer((incoming, response) => {
    const line = `${incoming.method} ${incoming.url}`
    requests.push(line)
    const fate = decide(line)
    if (fate === 'hang') return
    if (fate === 'cutBefore') return void incoming.socket.destroy()
    if (typeof fate === 'object') {
      incoming.resume()
      return void response.writeHead(fate.status, { 'content-length': 0, connection: 'close' }).end()
    }
    forward(target, incoming, response, fate === 'cutBody')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    decide(by) {
      decide = by
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function forward(port: number, incoming: IncomingMessage, response: ServerResponse, isCut: boolean): void {
  const { method, url, headers } = incoming
  // The header `host` stays, since signatures cover it.
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    if (!isCut) return void answer.pipe(response)
    answer.once('data', (chunk: Buffer) => {
      response.write(chunk.subarray(0, Math.ceil(chunk.byteLength / 2)), () => response.destroy())
      answer.resume()
    })
  })
  outgoing.on('error', () => response.destroy())
  incoming.pipe(outgoing)
}
