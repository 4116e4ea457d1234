import type { EventDefinitions } from '../../core/events/types.ts'
import type { Executed } from '../commands/command-result.ts'
import type { Context } from '../state/context.ts'
import type { Loaded } from '../state/load.ts'
import type { Serve } from './batching-gate.ts'
import { executeTogether } from './execute-together.ts'
import type { PendingCommand, WaitingCommand } from './pending-command.ts'

/** Where commands of one aggregate are carried out; `G` is what is known of it. */
export type CommandSource<S, D extends EventDefinitions, G> = {
  /** Looks where commands go now; undefined where each must be carried out by itself. */
  find(): Promise<G | undefined>
  loadedOf(ground: G): Loaded<S>
  /** The same, after an append. */
  moved(ground: G, after: Loaded<S>): G
  /** Whether a command goes there. */
  belongs(ground: G, command: PendingCommand<S, D>): boolean
  /** The answer of a command that was carried out already. */
  findEarlier(ground: G, command: PendingCommand<S, D>): Promise<Executed<S, D> | undefined>
  /** Carries out one command by itself. */
  alone(command: PendingCommand<S, D>): Promise<Executed<S, D>>
}

// How many commands are looked up at once, to see whether they were carried out already.
const LOOKUPS = 16

/**
 * Makes what serves the commands of one aggregate: one that comes alone is carried out by itself; several that go to the
 * same place share one load and one append.
 */
export function serveCommands<S, D extends EventDefinitions, G>(
  context: Context<S, D>,
  source: CommandSource<S, D, G>,
): Serve<PendingCommand<S, D>, Executed<S, D>, G> {
  const alone = async (one: WaitingCommand<S, D>) => {
    try {
      one.resolve(await source.alone(one.item))
    } catch (error) {
      one.reject(error)
    }
  }
  return async (waiting, carried) => {
    const [first, ...others] = waiting as [WaitingCommand<S, D>, ...WaitingCommand<S, D>[]]
    const ground = carried ?? (others.length > 0 ? await source.find() : undefined)
    if (ground === undefined || !source.belongs(ground, first.item)) {
      await alone(first)
      return { left: others }
    }
    const end = waiting.findIndex(({ item }) => !source.belongs(ground, item))
    const here = end < 0 ? waiting : waiting.slice(0, end)
    const fresh = await withoutEarlier(source, ground, here)
    const loaded = source.loadedOf(ground)
    const { left, after } = await executeTogether(context, loaded, carried === undefined, fresh, alone)
    return { left: [...left, ...waiting.slice(here.length)], carried: after && source.moved(ground, after) }
  }
}

/** Answers the commands that were carried out already, and returns the others. */
async function withoutEarlier<S, D extends EventDefinitions, G>(
  source: CommandSource<S, D, G>,
  ground: G,
  waiting: readonly WaitingCommand<S, D>[],
): Promise<readonly WaitingCommand<S, D>[]> {
  const answered = new Set<WaitingCommand<S, D>>()
  const named = waiting.filter(({ item }) => item.stamp.key !== undefined)
  for (let i = 0; i < named.length; i += LOOKUPS) {
    const some = named.slice(i, i + LOOKUPS).map(async (one) => {
      try {
        const earlier = await source.findEarlier(ground, one.item)
        if (earlier === undefined) return
        one.resolve(earlier)
      } catch (error) {
        one.reject(error)
      }
      answered.add(one)
    })
    await Promise.all(some)
  }
  return waiting.filter((one) => !answered.has(one))
}
