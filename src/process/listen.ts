import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvalidConfiguration } from '../core/errors/input.ts'

/**
 * Begins to listen.
 *
 * @param setting the variable that the port came from
 * @returns the server's URL
 * @throws InvalidConfiguration, as {@link listenFailure} says
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

/** What a failure to listen means for who configured it; an error that says something else comes back as it is. */
export function listenFailure(error: unknown, setting: string, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  const where = `${port} on ${host}`
  if (code === 'EADDRINUSE') return new InvalidConfiguration(setting, `${where} is in use: choose another port`)
  if (code === 'EACCES') return new InvalidConfiguration(setting, `${where} may not be used by this user`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new InvalidConfiguration('HOST', `${host} is not an address of this machine`)
  }
  return error
}

/** Ends a server: who waits for an answer gets it, and nobody is let in again. */
export async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  await closed
}
