import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../core/clock.ts'
import { visibleText } from '../../process/visible-text.ts'
import type { Role, Session } from '../contract/session.ts'
import { createAttempts } from './access/attempts.ts'
import { noCookie, sessionCookie } from './access/cookie.ts'
import type { Sessions, SignedIn } from './access/sessions.ts'
import { Refused } from './refused.ts'
import { respondJson } from './respond.ts'
import type { Endpoint } from './router.ts'

/** What all sessions have in common. */
export type SessionSettings = Omit<Session, 'role' | 'name'>

/** What sessions are begun with. */
export type SigningIn = {
  readonly sessions: Sessions
  readonly settings: () => SessionSettings
}

const LONGEST_NAME = 100

/** A function that tells who a token is from, and refuses an address that tried too many. */
export type TokenCheck = (request: IncomingMessage, token: string) => Role

/** Creates the check of tokens. @param roleOf see `tokenCheck` */
export function limitedTokenCheck(roleOf: (token: string) => Role | undefined, clock: Pick<Clock, 'now'>): TokenCheck {
  const attempts = createAttempts(clock)
  return ({ socket: { remoteAddress = '' } }, token) => {
    // The right token is let in whatever others tried: behind a proxy, all have one address.
    const role = roleOf(token)
    if (role !== undefined) return role
    const wait = attempts.wait(remoteAddress)
    if (wait !== undefined)
      throw new Refused(429, 'TooManyRequests', `Too many wrong tokens: try again in ${wait} s`, {
        'retry-after': String(wait),
      })
    attempts.failed(remoteAddress)
    throw new Refused(401, 'Unauthenticated', 'The token is not valid')
  }
}

/** `GET session`, `POST session` and `POST session/end`. */
export function sessionEndpoints({ sessions, settings }: SigningIn, check: TokenCheck): readonly Endpoint[] {
  const shown = ({ role, name }: Pick<SignedIn, 'role' | 'name'>): Session => ({ role, name, ...settings() })
  return [
    {
      method: 'GET',
      path: 'session',
      role: 'viewer',
      async serve({ response, by }) {
        if (by !== null) respondJson(response, shown(by))
      },
    },
    {
      method: 'POST',
      path: 'session',
      role: 'anyone',
      async serve({ request, response, body: { token, name: given }, base, by }) {
        if (typeof token !== 'string') throw invalid('token must be a text')
        const role = check(request, token)
        const name = nameOf(given) ?? role
        if (by !== null) sessions.end(by.key)
        const cookie = sessionCookie(request, base, sessions.begin(role, name))
        respondJson(response, shown({ role, name }), { 'set-cookie': cookie })
      },
    },
    {
      method: 'POST',
      path: 'session/end',
      role: 'anyone',
      async serve({ request, response, base, by }) {
        if (by !== null) sessions.end(by.key)
        respondJson(response, {}, { 'set-cookie': noCookie(request, base) })
      },
    },
  ]
}

/** The name under which acts are recorded. */
function nameOf(given: unknown): string | undefined {
  if (given === undefined || given === null || given === '') return undefined
  if (typeof given !== 'string') throw invalid('name must be a text')
  const name = given.trim()
  if (name.length > LONGEST_NAME || visibleText(name) !== name)
    throw invalid(`name must be a line of at most ${LONGEST_NAME} visible characters`)
  return name || undefined
}

const invalid = (detail: string) => new Refused(400, 'InvalidRequest', detail)
