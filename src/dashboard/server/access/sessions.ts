import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../../core/clock.ts'
import type { Role } from '../../contract/session.ts'

/** Who is signed in. */
export type SignedIn = {
  /** Identifies the session inside this process; it is not what the cookie holds. */
  readonly key: string
  readonly role: Role
  readonly name: string
}

/** The sessions of a dashboard. They are kept in memory, so a restart ends all of them. */
export type Sessions = {
  /** @returns the random id, which only the browser keeps */
  begin(role: Role, name: string): string
  /** The session of an id, which counts as used; undefined if there is none, or it ended. */
  find(id: string): SignedIn | undefined
  end(key: string): void
  /** Ends those that were not used for 12 hours. */
  sweep(): void
}

/** Milliseconds without a request until a session ends. An open stream is no request. */
const IDLE = 12 * 3_600_000

// Of each role: viewers that sign in again and again must not sign operators out. Further ones end the one that was used
// the longest ago.
const MOST_SESSIONS = 1_000

/** @param onEnd called when a session has ended */
export function createSessions(clock: Pick<Clock, 'now'>, onEnd: (key: string) => void): Sessions {
  // In the order of their last use.
  const sessions = new Map<string, SignedIn & { readonly usedAt: number }>()
  const isOver = ({ usedAt }: { readonly usedAt: number }) => clock.now() - usedAt >= IDLE

  function end(key: string): void {
    if (sessions.delete(key)) onEnd(key)
  }

  function sweep(): void {
    for (const session of [...sessions.values()]) if (isOver(session)) end(session.key)
  }

  return {
    begin(role, name) {
      sweep()
      const [oldest, ...others] = sessions.values().filter((one) => one.role === role)
      if (oldest !== undefined && others.length + 1 >= MOST_SESSIONS) end(oldest.key)
      const id = randomBytes(32).toString('base64url')
      const key = keyOf(id)
      sessions.set(key, { key, role, name, usedAt: clock.now() })
      return id
    },
    find(id) {
      const session = sessions.get(keyOf(id))
      if (session === undefined) return undefined
      if (isOver(session)) return void end(session.key)
      sessions.delete(session.key)
      sessions.set(session.key, { ...session, usedAt: clock.now() })
      return session
    },
    end,
    sweep,
  }
}

// A look-up by the hash takes a time that tells nothing about the id.
const keyOf = (id: string): string => createHash('sha256').update(id).digest('base64url')
