import type { IncomingMessage } from 'node:http'

/**
 * The value of this dashboard's cookie. Browsers send the cookies of a host to all of its ports, so its name has the port:
 * several dashboards on one machine do not sign each other out.
 */
export function readCookie(request: IncomingMessage): string | undefined {
  const name = `${cookieName(request)}=`
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(name))?.slice(name.length)
}

/** The header that sets the cookie. @param base the path of the dashboard, with a slash at its end */
export function sessionCookie(request: IncomingMessage, base: string, id: string): string {
  return `${cookieName(request)}=${id}; Path=${cookiePath(base)}; HttpOnly; SameSite=Strict${isSecure(request) ? '; Secure' : ''}`
}

/** The header that removes it. */
export const noCookie = (request: IncomingMessage, base: string): string =>
  `${sessionCookie(request, base, '')}; Max-Age=0`

/** The folders of a path before one with a semicolon, behind which a link could add attributes, such as another domain. */
const cookiePath = (base: string): string => base.replace(/[^/]*;.*$/, '')

const cookieName = ({ socket }: IncomingMessage): string => `tidemark-dashboard-${socket.localPort}`

/** Whether the browser's connection is encrypted, up to a proxy or up to here. */
const isSecure = ({ socket, headers }: IncomingMessage): boolean =>
  'encrypted' in socket || headers['x-forwarded-proto'] === 'https'
