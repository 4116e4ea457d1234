import { InvalidDefinition } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { PERIOD_OPENED } from '../../core/port/event-document.ts'
import type { PendingCommand } from '../gate/pending-command.ts'
import type { CommandSource } from '../gate/serve-commands.ts'
import type { Context } from '../state/context.ts'
import { domainVersion, type Loaded, loadStream } from '../state/load.ts'
import { findCommand } from './command-id.ts'
import type { Executed } from './command-result.ts'
import { decideAndAppend } from './decide.ts'
import { replay } from './earlier-result.ts'
import { assertExpectation, retryExpected } from './expectation.ts'

/** Executes the commands of an aggregate with one stream. */
export function streamSource<S, E extends EventTypes>(
  context: Context<S, E>,
  streamId: string,
): CommandSource<S, E, Loaded<S>> {
  const find = async (): Promise<Loaded<S>> => {
    const loaded = await loadStream(context, streamId)
    if (loaded.last?.eventType === PERIOD_OPENED) {
      throw new InvalidDefinition(`Stream ${streamId} lists periods: this aggregate was stored with periods`)
    }
    return loaded
  }
  // Looked up after loading: a command that is not found now and still gets there first conflicts with the loaded
  // version.
  const findEarlier = async ({ stamp: { key } }: PendingCommand<S, E>): Promise<Executed<S, E> | undefined> => {
    const done = key && (await findCommand(context.storage, key, [streamId]))
    return done && replay(context, done)
  }
  return {
    find,
    loadedOf: (loaded) => loaded,
    moved: (_, after) => after,
    belongs: () => true,
    findEarlier: (_, pending) => findEarlier(pending),
    alone: (pending) =>
      retryExpected(context, pending.options, async () => {
        const loaded = await find()
        const earlier = await findEarlier(pending)
        if (earlier) return earlier
        assertExpectation(pending.options, { streamId, version: domainVersion(loaded) })
        return decideAndAppend(context, loaded, pending.command, pending.stamp)
      }),
  }
}
