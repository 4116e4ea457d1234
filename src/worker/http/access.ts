import type { IncomingHttpHeaders } from 'node:http'
import { isIP, isIPv4 } from 'node:net'
import { isLoopback } from '../../open/loopback.ts'
import { hostnameOfHeader, toHostname } from '../../process/host-names.ts'
import type { Refusal } from './refusal.ts'

/** What a server is called by those who may call it. */
export type AccessOptions = {
  /** The address that it listens on. */
  readonly host: string
  /** Further names, as {@link toHostname} gives them, such as that of a proxy in front of it. */
  readonly allowedHosts: readonly string[]
}

/** A server on this machine, for this machine. */
export const LOOPBACK_ONLY: AccessOptions = { host: '127.0.0.1', allowedHosts: [] }

/** Decides by a request's headers whether it is answered; undefined when it is. */
export type AccessCheck = (headers: IncomingHttpHeaders) => Refusal | undefined

/**
 * Refuses what a page of another site makes a browser send:
 *
 * - A `Host` that is not the server's own. A page reaches any port by a name that its owner lets point there (DNS
 *   rebinding), and only the name gives it away. Names of loopback, the address that the server listens on and
 *   `allowedHosts` are its own; when it listens on all addresses, so is any address, as rebinding needs a name.
 * - An `Origin` other than the `Host` that was asked, unless it is one of `allowedHosts`.
 * - `Sec-Fetch-Site: cross-site`.
 *
 * Programs send neither `Origin` nor `Sec-Fetch-Site`, and so are asked for the right `Host` only.
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
        `The header Host is ${shown(header)}, which is not a name of this server; ALLOWED_HOSTS adds names`,
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
