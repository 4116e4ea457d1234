import { decodeEvents } from '../../core/events/codec.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { Context } from '../state/context.ts'
import { loadStream } from '../state/load.ts'
import type { CarriedOut } from './command-id.ts'
import { type Executed, toAppended } from './command-result.ts'

/** The first result of a command that was already executed. */
export async function replay<S, E extends EventTypes>(
  context: Context<S, E>,
  { streamId, append }: CarriedOut,
): Promise<Executed<S, E>> {
  const { version, position } = append
  const { state } = await loadStream(context, streamId, { version })
  const events = await decodeEvents(context.aggregate.events, append.events, { vault: context.storage.vault })
  return { streamId, version, position, state, events: events.map(toAppended), duplicate: true }
}
