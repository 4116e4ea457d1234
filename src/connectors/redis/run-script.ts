import { createHash } from 'node:crypto'
import { withDeadline } from '../../core/async/deadline.ts'
import type { Clock } from '../../core/clock.ts'
import type { RedisClientLike } from './redis-client.ts'

/** A script, and the name that Redis keeps it by. */
export type Script = { readonly text: string; readonly sha: string }

export const scriptOf = (text: string): Script => ({ text, sha: createHash('sha1').update(text).digest('hex') })

/** Runs a script that touches one key. @throws what the client throws */
export function runScript(
  client: Pick<RedisClientLike, 'sendCommand'>,
  { text, sha }: Script,
  key: string,
  args: readonly string[],
): Promise<unknown> {
  return client.sendCommand(['EVALSHA', sha, '1', key, ...args]).catch((error: unknown) => {
    // Of a new server, or of one that was restarted.
    if (!isReply(error, 'NOSCRIPT')) throw error
    return client.sendCommand(['EVAL', text, '1', key, ...args])
  })
}

/** What a write returns; an error for one that Redis refuses, and would refuse again. */
export const unlessRefused = <T>(writing: Promise<T>): Promise<T | Error> =>
  writing.catch((error: unknown) => {
    if (isReply(error, 'WRONGTYPE')) return error
    throw error
  })

/** Sends commands. @param limit milliseconds. @throws Error if Redis is away, or does not respond in time */
export async function sendWithin<T>(
  client: Pick<RedisClientLike, 'isReady'>,
  clock: Clock,
  limit: number,
  work: () => Promise<T>,
): Promise<T> {
  if (!client.isReady) throw new Error('Redis is not connected')
  return withDeadline(clock, limit, work(), () => new Error(`Redis sent no response within ${limit} ms`))
}

// Writing is not read by anyone who waits, so it gets more time than reading: milliseconds.
export const WRITE_LIMIT = 10_000

const isReply = (error: unknown, kind: string): error is Error =>
  error instanceof Error && error.message.startsWith(`${kind} `)
