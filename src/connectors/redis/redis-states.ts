import { type Clock, systemClock } from '../../core/clock.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import type { StateCache, StateRef, ViewState, WriteOutcome } from '../../messaging/cache/state-cache.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import type { RedisClientLike } from './redis-client.ts'
import { runScript, sendWithin, unlessRefused, WRITE_LIMIT } from './run-script.ts'
import { parseState, stateText } from './state-text.ts'
import { WRITE_STATE } from './write-state.ts'

/** How states of views are cached. */
export type RedisStatesOptions = {
  /** Milliseconds until an entry that is not written again expires; a whole number from 1. One day by default. */
  readonly ttl?: number
  /** Begins every key and channel; `tidemark:` by default. Logs that share a server need one each. */
  readonly prefix?: string
  /** Milliseconds until reading counts as failed, and views come from their storage; 1,000 by default. */
  readonly timeLimit?: number
  readonly clock?: Clock
  /** The random source for backoff jitter; `Math.random` by default. */
  readonly random?: () => number
}

const DAY = 86_400_000
const OUTCOMES: readonly WriteOutcome[] = ['notNewer', 'written', 'concurrent']

/**
 * A cache of the last states of views in Redis. An entry is a hash with the state and its version vector. A script
 * compares the vectors, writes, sets the time to live and publishes, all in one step, so of any number of writers none
 * can put an older state over a newer one. The channel of a view is
 * `<prefix>view:<projection>:<key>`, with `<environment>:` behind the prefix if the storage was opened for one.
 *
 * After three failures of reads in a row, Redis is left alone for one to thirty seconds.
 *
 * @param client of `@redis/client`, connected; it remains the caller's. Listen for its `error` event, or it ends the
 *   process when the server goes away
 * @throws InvalidOption
 */
export function redisStates(client: RedisClientLike, options: RedisStatesOptions = {}): StateCache {
  const { ttl = DAY, prefix = 'tidemark:', timeLimit = 1_000, clock = systemClock, random = Math.random } = options
  if (!Number.isSafeInteger(ttl) || ttl < 1)
    throw new InvalidOption('ttl', 'a whole number of milliseconds from 1', ttl)
  const breaker = circuitBreaker({ failures: 3, pauses: { first: 1_000, most: 30_000 }, clock, random })
  const startOf = ({ environment }: StateRef) => (environment === undefined ? prefix : `${prefix}${environment}:`)
  const keyOf = (ref: StateRef) => `${startOf(ref)}state:${ref.projection}:${ref.generation}:${ref.key}`
  const channelOf = (ref: StateRef) => `${startOf(ref)}view:${ref.projection}:${ref.key}`

  async function writeOne(state: ViewState, publish: boolean): Promise<WriteOutcome> {
    const text = stateText(state)
    const channel = publish && text !== '' ? channelOf(state) : ''
    const reply = await runScript(client, WRITE_STATE, keyOf(state), [state.vector, text, String(ttl), channel])
    return OUTCOMES[Number(reply)] as WriteOutcome
  }

  return {
    // Sent together: the client writes what is sent in one turn of the event loop at once.
    write: (states, { publish }) =>
      sendWithin(client, clock, WRITE_LIMIT, () =>
        Promise.all(states.map((state) => unlessRefused(writeOne(state, publish)))),
      ),

    async read(refs) {
      if (refs.length === 0) return []
      const read = () => Promise.all(refs.map((ref) => client.sendCommand(['HGET', keyOf(ref), 's'])))
      const replies = await breaker.run(() => sendWithin(client, clock, timeLimit, read))
      return refs.map((ref, i) => parseState(ref, replies?.[i]))
    },
  }
}
