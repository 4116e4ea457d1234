import type { EventTypes } from '../../core/events/types.ts'
import type { Executed } from '../commands/command-result.ts'
import type { Context } from '../state/context.ts'
import type { Loaded } from '../state/load.ts'
import type { Serve } from './batching-gate.ts'
import { executeTogether } from './execute-together.ts'
import type { PendingCommand, WaitingCommand } from './pending-command.ts'

/** Where the commands of one aggregate are executed; `G` is the type of the loaded stream. */
export type CommandSource<S, E extends EventTypes, G> = {
  /** Finds out where commands go now; undefined if each must be executed alone. */
  find(): Promise<G | undefined>
  loadedOf(ground: G): Loaded<S>
  /** The same, after an append. */
  moved(ground: G, after: Loaded<S>): G
  /** Whether a command goes there. */
  belongs(ground: G, command: PendingCommand<S, E>): boolean
  /** The result of a command that was already executed. */
  findEarlier(ground: G, command: PendingCommand<S, E>): Promise<Executed<S, E> | undefined>
  /** Executes a single command. */
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

/** Settles the commands that were already executed, and returns the others. */
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
