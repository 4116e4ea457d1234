import type { IncomingMessage } from 'node:http'
import { readCookie } from './access/cookie.ts'
import type { Sessions, SignedIn } from './access/sessions.ts'
import { Refused } from './refused.ts'
import type { Endpoint } from './router.ts'
import { assertSameOrigin } from './same-origin.ts'
import type { TokenCheck } from './session-endpoints.ts'

/** What requests are let in by. */
export type Authorization = {
  readonly sessions: Sessions
  readonly check: TokenCheck
  /** Whether even an operator may change nothing. */
  readonly readOnly: boolean
}

/**
 * Lets a request in, or refuses it. A browser is known by its cookie, and a program by `Authorization: Bearer <token>`,
 * which no other page can make a browser send.
 *
 * @returns who sent it; null if an endpoint for anyone does not know
 * @throws Refused
 */
export function authorize(
  request: IncomingMessage,
  { method, role }: Pick<Endpoint, 'method' | 'role'>,
  { sessions, check, readOnly }: Authorization,
): SignedIn | null {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const by = token === undefined ? bySession(request, sessions) : byToken(request, token, check)
  if (by === null && role !== 'anyone')
    throw new Refused(401, 'Unauthenticated', 'Sign in with the token of the dashboard')
  if (method === 'POST' && role !== 'anyone') {
    if (readOnly) throw new Refused(403, 'DashboardReadOnly', 'This dashboard is read-only: it was started so')
    if (by?.role !== 'operator') throw new Refused(403, 'Forbidden', 'A viewer may not change anything')
  }
  if (role === 'operator' && by?.role !== 'operator')
    throw new Refused(403, 'Forbidden', 'Only an operator may see this')
  if (token === undefined) assertSameOrigin(request.headers, { changes: method === 'POST' })
  return by
}

function bySession(request: IncomingMessage, sessions: Sessions): SignedIn | null {
  const id = readCookie(request)
  return (id && sessions.find(id)) || null
}

function byToken(request: IncomingMessage, token: string, check: TokenCheck): SignedIn {
  const role = check(request, token)
  return { key: '', role, name: role }
}
