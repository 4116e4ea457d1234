import { isIPv6 } from 'node:net'

const NAME = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/i

/**
 * A host name or an address as browsers write it: lower case, IPv6 in brackets.
 *
 * @returns undefined for anything else, such as a name with a scheme, a port, or a `*`
 */
export function toHostname(text: string): string | undefined {
  const name = isIPv6(text) ? `[${text}]` : text
  return NAME.test(name) ? URL.parse(`http://${name}/`)?.hostname : undefined
}

/** The host name in a `Host` header, without its port; undefined if there is none. */
export const hostnameOfHeader = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : toHostname(header.replace(/:\d{1,5}$/, ''))
