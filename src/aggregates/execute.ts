import { InvalidDefinition } from '../core/errors/input.ts'
import type { EventDefinitions, UserMetadata } from '../core/events/types.ts'
import { PERIOD_OPENED } from '../core/port/event-document.ts'
import { formatStreamId } from '../core/stream-id.ts'
import type { Command } from './aggregate.ts'
import { commandKey, findCommand } from './command-id.ts'
import { retryConflicts } from './conflict.ts'
import type { Context } from './context.ts'
import { decideAndAppend } from './decide.ts'
import type { Executed } from './executed.ts'
import { loadStream } from './load.ts'
import { replay } from './replay.ts'

/** What a caller may say about a command besides its content. */
export type CommandOptions = {
  /**
   * Names the command: a repeat of one that appended events answers the first result instead of deciding again, for as
   * long as the stream with its events exists. Of an aggregate with periods, a repeat names the same period as the first
   * call, or none; one that names none is looked for in all periods, which costs a look-up for each.
   */
  readonly commandId?: string
  /** What the command was, so that another one under the same id is refused. Only looked at with a command id. */
  readonly fingerprint?: string
  /** Goes onto every event of the command; an event's own metadata goes before it. */
  readonly metadata?: UserMetadata
}

/** `Repository.execute` for an aggregate with one stream. */
export async function executeInStream<S, D extends EventDefinitions>(
  context: Context<S, D>,
  id: string,
  command: Command<S, D>,
  options: CommandOptions,
): Promise<Executed<S, D>> {
  const streamId = formatStreamId({ category: context.aggregate.category, id })
  const key = commandKey(streamId, options)
  return retryConflicts(context, async () => {
    const loaded = await loadStream(context, streamId)
    if (loaded.last?.eventType === PERIOD_OPENED) {
      throw new InvalidDefinition(`Stream ${streamId} lists periods: this aggregate was stored with periods`)
    }
    // Looked up after loading: what is not found now and yet gets there first, collides with the loaded version.
    const done = key && (await findCommand(context.storage, key, [streamId]))
    if (done) return replay(context, done)
    return decideAndAppend(context, loaded, command, { key, metadata: options.metadata })
  })
}
