import { withDeadline } from '../../core/async/deadline.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import { PayloadStoreFailed } from '../../core/errors/payload.ts'
import type { PayloadCache } from '../../privacy/payloads/payload-store.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { AS_BYTES, type RedisClientLike } from './redis-client.ts'

/** How payloads are cached. */
export type RedisCacheOptions = {
  /** Milliseconds until an entry expires; a whole number from 1. */
  readonly ttl: number
  /** Begins every key; `tidemark:` by default. Logs that share a server need one each. */
  readonly prefix?: string
  /** Milliseconds until reading or filling counts as failed, and the payloads come from their store; 1,000 by default. */
  readonly timeLimit?: number
  readonly clock?: Clock
  /** The random source for backoff jitter; `Math.random` by default. */
  readonly random?: () => number
}

// A removal must not fail for want of patience: it is repeated from the start.
const REMOVAL_LIMIT = 10_000
// Keys that one step of a scan looks at, and that are removed at once.
const SCAN_COUNT = 1_000

/**
 * A cache of payloads in Redis. It holds the bytes that the stores hold: sealed, if they are personal. A page costs one
 * `MGET`. An entry is written with its time to live in one command, so none can stay for ever. After three failures in
 * a row, Redis is left alone for one to thirty seconds.
 *
 * What is removed is overwritten by an empty entry for the time to live. Entries are only written where none is, so a
 * read in any process that began before a removal cannot put back what it read.
 *
 * @param client of `@redis/client`, connected; it remains the caller's. Listen for its `error` event, or it ends the
 *   process when the server goes away
 * @throws InvalidOption
 */
export function redisCache(
  client: RedisClientLike,
  { ttl, prefix = 'tidemark:', timeLimit = 1_000, clock = systemClock, random = Math.random }: RedisCacheOptions,
): PayloadCache {
  if (!Number.isSafeInteger(ttl) || ttl < 1)
    throw new InvalidOption('ttl', 'a whole number of milliseconds from 1', ttl)
  const px = ['PX', String(ttl)]
  const breaker = circuitBreaker({ failures: 3, pauses: { first: 1_000, most: 30_000 }, clock, random })
  const send = async <T>(limit: number, work: () => Promise<T>): Promise<T> => {
    if (!client.isReady) throw new Error('not connected')
    return withDeadline(clock, limit, work(), () => new Error(`no response within ${limit} ms`))
  }
  const removing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await send(REMOVAL_LIMIT, work)
    } catch (error) {
      throw new PayloadStoreFailed('redis', 'entries could not be removed', { cause: error })
    }
  }
  const refuse = (keys: readonly (string | Buffer)[]) =>
    removing(() => Promise.all(keys.map((key) => client.sendCommand(['SET', key, '', ...px]))))
  return {
    async getMany(keys) {
      const found = new Map<string, Uint8Array>()
      if (keys.length === 0) return found
      const command = ['MGET', ...keys.map((key) => prefix + key)]
      const replies = await breaker.run(() =>
        send(timeLimit, () => client.sendCommand(command, { typeMapping: AS_BYTES })),
      )
      if (!Array.isArray(replies)) return found
      keys.forEach((key, i) => {
        const bytes: unknown = replies[i]
        if (bytes instanceof Uint8Array && bytes.byteLength > 0) found.set(key, bytes)
      })
      return found
    },
    async set(entries) {
      // Sent together: the client writes what is sent in one turn of the event loop at once.
      await breaker.run(() =>
        send(timeLimit, () =>
          Promise.all(
            Array.from(entries, ([key, bytes]) =>
              client.sendCommand(['SET', prefix + key, toBuffer(bytes), 'NX', ...px]),
            ),
          ),
        ),
      )
    },
    async remove(keys) {
      if (keys.length > 0) await refuse(keys.map((key) => prefix + key))
    },
    async removeAll(start) {
      const match = ['MATCH', `${literally(prefix + start)}*`, 'COUNT', String(SCAN_COUNT)]
      let cursor = '0'
      do {
        const reply = await removing(() => client.sendCommand(['SCAN', cursor, ...match], { typeMapping: AS_BYTES }))
        const [next, keys] = reply as readonly [Buffer, readonly Buffer[]]
        if (keys.length > 0) await refuse(keys)
        cursor = next.toString()
      } while (cursor !== '0')
    },
  }
}

// What a pattern of Redis gives a meaning to.
const literally = (text: string): string => text.replaceAll(/[*?[\]\\^-]/g, '\\$&')

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
