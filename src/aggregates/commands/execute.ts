import { InvalidDefinition } from '../../core/errors/input.ts'
import type { EventDefinitions } from '../../core/events/types.ts'
import { PERIOD_OPENED } from '../../core/port/event-document.ts'
import type { PendingCommand } from '../gate/pending-command.ts'
import type { CommandSource } from '../gate/serve-commands.ts'
import type { Context } from '../state/context.ts'
import { type Loaded, loadStream } from '../state/load.ts'
import { retryConflicts } from './append-or-conflict.ts'
import { findCommand } from './command-id.ts'
import type { Executed } from './command-result.ts'
import { decideAndAppend } from './decide.ts'
import { replay } from './earlier-result.ts'

/** Where the commands of an aggregate with one stream are carried out. */
export function streamSource<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streamId: string,
): CommandSource<S, D, Loaded<S>> {
  const find = async (): Promise<Loaded<S>> => {
    const loaded = await loadStream(context, streamId)
    if (loaded.last?.eventType === PERIOD_OPENED) {
      throw new InvalidDefinition(`Stream ${streamId} lists periods: this aggregate was stored with periods`)
    }
    return loaded
  }
  // Looked up after loading: what is not found now and yet gets there first, collides with the loaded version.
  const findEarlier = async ({ stamp: { key } }: PendingCommand<S, D>): Promise<Executed<S, D> | undefined> => {
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
      retryConflicts(context, async () => {
        const loaded = await find()
        const earlier = await findEarlier(pending)
        return earlier ?? decideAndAppend(context, loaded, pending.command, pending.stamp)
      }),
  }
}
