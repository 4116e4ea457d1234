import type { IncomingHttpHeaders } from 'node:http'
import { isIP, isIPv4 } from 'node:net'
import { hostnameOfHeader, toHostname } from '../host-names.ts'
import { isLoopback } from '../loopback.ts'
import type { Refusal } from './refusal.ts'

/** The host names of a server. */
export type AccessOptions = {
  /** The address that it listens on. */
  readonly host: string
  /** Additional names, as {@link toHostname} returns them, such as that of a proxy in front of it. */
  readonly allowedHosts: readonly string[]
}

/** A server on this machine, for this machine. */
export const LOOPBACK_ONLY: AccessOptions = { host: '127.0.0.1', allowedHosts: [] }

/** Decides by a request's headers whether it is refused; undefined if it is not. */
export type AccessCheck = (headers: IncomingHttpHeaders) => Refusal | undefined

/**
 * Refuses what a page of another site makes a browser send:
 *
 * - A `Host` that is not the server's own. A page can reach any port through a host name that its owner makes resolve
 *   to it (DNS rebinding), and only the name reveals it. Loopback names, the address that the server listens on and
 *   `allowedHosts` are its own; if it listens on all addresses, so is every address, because rebinding needs a name.
 * - An `Origin` other than the requested `Host`, unless it is one of `allowedHosts`.
 * - `Sec-Fetch-Site: cross-site`.
 *
 * Programs send neither `Origin` nor `Sec-Fetch-Site`, so for them only the `Host` is checked.
 */
export function accessCheck({ host, allowedHosts }: AccessOptions): AccessCheck {
  const own = toHostname(host)
  const anyAddress = own === '0.0.0.0' || own === '[::]'
  const isOwn = (name: string) =>
    isLoopback(name) || name === own || allowedHosts.includes(name) || (anyAddress && isAddress(name))

  function originFault(origin: string, header: string): boolean {
    const url = URL.parse(origin)
    if (url === null || !/^https?:$/.test(url.protocol)) return true
    return url.host !== URL.parse(`${url.protocol}//${header}/`)?.host && !allowedHosts.includes(url.hostname)
  }

  return ({ host: header = '', origin, 'sec-fetch-site': site }) => {
    const name = hostnameOfHeader(header)
    if (name === undefined || !isOwn(name)) {
      return forbidden(
        'HostNotAllowed',
        `The header Host is ${shown(header)}, which is not a name of this server; add it to ALLOWED_HOSTS`,
      )
    }
    if (site === 'cross-site' || (origin !== undefined && originFault(origin, header))) {
      const from = origin === undefined ? 'of another site' : `of the origin ${shown(origin)}`
      return forbidden(
        'CrossOriginRequest',
        `The request comes from a page ${from}, and only pages of this server may send requests to it`,
      )
    }
    return undefined
  }
}

const isAddress = (name: string): boolean => isIPv4(name) || isIP(name.slice(1, -1)) === 6

const shown = (header: string): string => JSON.stringify(header.length > 100 ? `${header.slice(0, 100)}…` : header)

const forbidden = (code: string, detail: string): Refusal => ({ status: 403, code, detail })
