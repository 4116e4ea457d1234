import { DestinationUnavailable } from '../../../core/errors/reaction.ts'
import { below } from '../../conformance/support/random.ts'
import type { Actor } from '../world/scheduler.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'

/** When the external system is unavailable, and who may call it then. */
export type Outages = {
  /** Whether it is unavailable now. */
  readonly now: boolean
  /** An error that says so, in one of the ways in which a handler can. */
  error(): unknown
  /** Whether an error says so. */
  isOutage(error: unknown): boolean
  /** Watches a call: once a process knows of an outage, it makes one call at a time. */
  watch<T>(actor: Actor, signal: AbortSignal, call: () => Promise<T>): Promise<T>
}

const MOST = 3
const REFUSED = 'ECONNREFUSED'

/** Whether an error of the external system's client says that it is unavailable. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === REFUSED

/** Draws the outages of a run. @param end when its faults end */
export function drawOutages(world: World, random: () => number, end: number): Outages {
  const { scheduler, faults } = world
  const outages = Array.from({ length: below(random, MOST) }, () => {
    const from = below(random, end)
    return { from, to: from + below(random, PACE.outage) }
  })
  // What each process learned last, and its calls since.
  const knows = new Set<Actor>()
  const probes = new Map<Actor, number>()

  const isOutage = (error: unknown): boolean =>
    isRefused(error) || error instanceof DestinationUnavailable || (error instanceof Error && isOutage(error.cause))

  return {
    get now() {
      return !faults.over && outages.some(({ from, to }) => from <= scheduler.now && scheduler.now < to)
    },
    isOutage,
    error() {
      const plain = new DestinationUnavailable('away', random() < 0.3 ? { retryAfter: below(random, 3_000) } : {})
      const kinds = [plain, new Error('sending', { cause: plain }), Object.assign(new Error('away'), { code: REFUSED })]
      return kinds[below(random, kinds.length)]
    },
    async watch(actor, signal, call) {
      if (!knows.has(actor)) return call().catch((error) => learn(actor, signal, error))
      const running = (probes.get(actor) ?? 0) + 1
      probes.set(actor, running)
      if (running > 1) world.fail(`${actor.name} makes ${running} calls at once, although it knows of an outage`)
      let isOver = false
      const over = (isAway: boolean) => {
        if (isOver) return
        isOver = true
        probes.set(actor, (probes.get(actor) ?? 1) - 1)
        if (!isAway) knows.delete(actor)
      }
      // An attempt that was given up counts as answered.
      signal.addEventListener('abort', () => over(false), { once: true })
      try {
        const result = await call()
        over(false)
        return result
      } catch (error) {
        over(isOutage(error))
        throw error
      }
    },
  }

  function learn(actor: Actor, signal: AbortSignal, error: unknown): never {
    if (isOutage(error) && !signal.aborted) knows.add(actor)
    throw error
  }
}
