import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

// The key is good for these tests only, and no secret.
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** The certificate that fronts show, for `NODE_EXTRA_CA_CERTS`. */
export const CERTIFICATE = file('certificate.pem')

/** An HTTPS server before an HTTP server, with a certificate that nobody has issued. */
export type Front = AsyncDisposable & { readonly port: number }

/** @param endpoint where the HTTP server is */
export async function tlsFront(endpoint: string): Promise<Front> {
  const options = { key: readFileSync(file('key.pem')), cert: readFileSync(CERTIFICATE) }
  const server: Server = createServer(options, (incoming, outgoing) => {
    const { url = '/', method = 'GET', headers } = incoming
    const forwarded = { ...headers, 'x-forwarded-proto': 'https' }
    const onward = request(new URL(url, endpoint), { method, headers: forwarded }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  // Clients that do not trust the certificate hang up.
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
