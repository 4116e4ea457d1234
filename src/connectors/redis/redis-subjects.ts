import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { CachedSubject, SubjectCache } from '../../rules/cache/subject-cache.ts'
import type { RedisClientLike } from './redis-client.ts'
import { runScript, sendWithin, unlessRefused, WRITE_LIMIT } from './run-script.ts'
import { WRITE_SUBJECT } from './write-subject.ts'

/** How subjects are cached. */
export type RedisSubjectsOptions = {
  /** Milliseconds until an entry that is not written again expires; a whole number from 1. By default it does not. */
  readonly ttl?: number
  /** Begins every key and channel; none by default. Logs that share a server need one each. */
  readonly prefix?: string
  readonly clock?: Clock
}

/**
 * A cache of the last states of subjects in Redis. An entry is a string of JSON with `id`, `version`, `properties` and
 * `incarnation`, so `GET subject:user:456` shows it. What is written is published to the channel with the name of the key. A
 * script compares the versions, so of any number of writers none can put an older state over a newer one.
 *
 * @param client of `@redis/client`, connected; it remains the caller's. Listen for its `error` event, or it ends the
 *   process when the server goes away
 * @throws InvalidOption
 */
export function redisSubjects(client: RedisClientLike, options: RedisSubjectsOptions = {}): SubjectCache {
  const { ttl, prefix = '', clock = systemClock } = options
  if (ttl !== undefined && (!Number.isSafeInteger(ttl) || ttl < 1)) {
    throw new InvalidOption('ttl', 'a whole number of milliseconds from 1', ttl)
  }

  async function writeOne(state: CachedSubject, publish: boolean): Promise<boolean> {
    const key = `${prefix}subject:${state.id}`
    const { version, incarnation } = state
    const args = [String(version), incarnation, JSON.stringify(state), String(ttl ?? 0), publish ? key : '']
    return (await runScript(client, WRITE_SUBJECT, key, args)) === 1
  }

  return {
    write: (states, { publish }) =>
      sendWithin(client, clock, WRITE_LIMIT, () =>
        Promise.all(states.map((state) => unlessRefused(writeOne(state, publish)))),
      ),
  }
}
