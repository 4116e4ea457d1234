import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvalidConfiguration } from '../core/errors/input.ts'

/**
 * Starts listening.
 *
 * @param setting the variable that the port came from
 * @returns the server's URL
 * @throws InvalidConfiguration, see {@link listenFailure}
 */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  setting: string,
): Promise<string> {
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (error) {
    throw listenFailure(error, setting, host, port)
  }
  const bound = server.address() as AddressInfo
  return `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}

/** Converts a failure to listen for the operator; any other error is returned unchanged. */
export function listenFailure(error: unknown, setting: string, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  const where = `${port} on ${host}`
  if (code === 'EADDRINUSE') return new InvalidConfiguration(setting, `${where} is in use: choose another port`)
  if (code === 'EACCES') return new InvalidConfiguration(setting, `this user may not use ${where}`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new InvalidConfiguration('HOST', `${host} is not an address of this machine`)
  }
  return error
}

/** Milliseconds that pending requests have to be answered when a server is stopped. */
const ANSWERED_WITHIN = 2_000

/**
 * Stops a server: new connections are refused, and pending requests get their responses within 2 seconds. After that, all
 * connections are closed: to Node, one over which no complete request has come yet, as browsers open in advance, is not
 * idle, and nothing limits its time any more.
 */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), ANSWERED_WITHIN)
  await closed
  clearTimeout(late)
}
