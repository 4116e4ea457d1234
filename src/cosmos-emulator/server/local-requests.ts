import { CosmosError } from '../engine/types.ts'
import type { CosmosRequest } from '../protocol/message.ts'

/** Whether a host name or address always means this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname)
}

/**
 * Refuses what a web page could make a browser send: a request with an `Origin`, which no client of a database sends,
 * and one with another name in `Host` than the emulator's, which is how a page reaches a port of this machine by a name
 * that it lets point there (DNS rebinding).
 *
 * @param hosts the names by which the emulator may be called besides those of loopback
 * @returns the error to answer, 403; `undefined` for a request that may pass
 */
export function refusalOf({ headers }: CosmosRequest, hosts: ReadonlySet<string>): CosmosError | undefined {
  if (headers.origin !== undefined) {
    return forbidden('it has the header Origin, as requests of web pages have, and the emulator serves none')
  }
  const hostname = hostnameOf(headers.host)
  if (hostname !== undefined && (isLoopback(hostname) || hosts.has(hostname))) return undefined
  const how = 'call the emulator by the address that it listens on, or name that host in its option allowedHosts'
  return forbidden(`its header Host names ${JSON.stringify(headers.host ?? '')}: ${how}`)
}

function hostnameOf(host: string | undefined): string | undefined {
  const [, name] = /^(\[[\da-f:.]+\]|[^[\]:/@]+)(?::\d+)?$/i.exec(host ?? '') ?? []
  return name?.toLowerCase()
}

const forbidden = (why: string): CosmosError => new CosmosError(403, 'Forbidden', `The request is refused: ${why}.`)
