import type { EventTypes } from '../../core/events/types.ts'
import type { Executed } from '../commands/command-result.ts'
import type { Context } from '../state/context.ts'
import type { Loaded } from '../state/load.ts'
import type { Serve } from './batching-gate.ts'
import { executeTogether } from './execute-together.ts'
import type { PendingCommand, WaitingCommand } from './pending-command.ts'

/** Where commands of one aggregate are carried out; `G` is what is known of it. */
export type CommandSource<S, E extends EventTypes, G> = {
  /** Looks where commands go now; undefined where each must be carried out by itself. */
  find(): Promise<G | undefined>
  loadedOf(ground: G): Loaded<S>
  /** The same, after an append. */
  moved(ground: G, after: Loaded<S>): G
  /** Whether a command goes there. */
  belongs(ground: G, command: PendingCommand<S, E>): boolean
  /** The answer of a command that was carried out already. */
  findEarlier(ground: G, command: PendingCommand<S, E>): Promise<Executed<S, E> | undefined>
  /** Carries out one command by itself. */
  alone(command: PendingCommand<S, E>): Promise<Executed<S, E>>
}

// How many commands are looked up at once, to find those that were already executed.
const LOOKUPS = 16

/**
 * Creates the function that serves the commands of one aggregate: a single one is executed alone; several that go to
 * the same place share one load and one append.
 */
export function serveCommands<S, E extends EventTypes, G>(
  context: Context<S, E>,
  source: CommandSource<S, E, G>,
): Serve<PendingCommand<S, E>, Executed<S, E>, G> {
  const alone = async (one: WaitingCommand<S, E>) => {
    try {
      one.resolve(await source.alone(one.item))
    } catch (error) {
      one.reject(error)
    }
  }
  return async (waiting, carried) => {
    const [first, ...others] = waiting as [WaitingCommand<S, E>, ...WaitingCommand<S, E>[]]
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
async function withoutEarlier<S, E extends EventTypes, G>(
  source: CommandSource<S, E, G>,
  ground: G,
  waiting: readonly WaitingCommand<S, E>[],
): Promise<readonly WaitingCommand<S, E>[]> {
  const answered = new Set<WaitingCommand<S, E>>()
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
