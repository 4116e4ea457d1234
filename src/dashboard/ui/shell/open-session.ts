import type { Session } from '../../contract/session.ts'
import { get, post } from '../live/request.ts'
import { beginSession, endSession } from '../live/session.ts'

/** Swaps the token of the link for a session, or takes up the one that there is. The token leaves the address at once. */
export async function openSession(): Promise<void> {
  const token = /^#([^/].*)$/.exec(location.hash)?.[1]
  if (token !== undefined) history.replaceState(null, '', location.pathname + location.search)
  try {
    beginSession(await (token === undefined ? get<Session>('session') : post<Session>('session', { token })))
  } catch {
    endSession()
  }
}
