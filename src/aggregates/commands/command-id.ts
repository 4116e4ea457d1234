import { uuidOf } from '../../core/append/uuid.ts'
import { CommandIdReused, StreamDeleted } from '../../core/errors/append.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { EncodeContext } from '../../core/events/codec.ts'
import type { FoundAppend } from '../../core/port/event-log.ts'
import type { RepositoryStorage } from '../state/context.ts'

/** A command that its caller identified, so that it is executed only once. */
export type CommandKey = NonNullable<EncodeContext['command']>

/**
 * The key of a command. The ids of its events are derived from the aggregate and the command id, so a repeat is found
 * by index for as long as its stream exists.
 *
 * @param aggregateId the stream id without a period
 * @throws InvalidConfiguration for an empty command id
 */
export function commandKey(
  aggregateId: string,
  { commandId, fingerprint }: { readonly commandId?: string; readonly fingerprint?: string },
): CommandKey | undefined {
  if (commandId === undefined) return undefined
  if (commandId === '') throw new InvalidConfiguration('commandId', 'it is empty')
  return {
    id: commandId,
    ...(fingerprint !== undefined && { fingerprint }),
    eventId: (index) => uuidOf('command', aggregateId, commandId, String(index)),
  }
}

/** What a command appended earlier, and where: for an append that several commands share, its own part. */
export type CarriedOut = { readonly streamId: string; readonly append: FoundAppend }

/**
 * Finds what a command has already done, in the first of the streams that knows it.
 *
 * @throws CommandIdReused if it was a different command, according to its fingerprint, if both have one
 */
export async function findCommand(
  storage: RepositoryStorage,
  key: CommandKey,
  streamIds: Iterable<string>,
): Promise<CarriedOut | undefined> {
  for (const streamId of streamIds) {
    const found = await findAppend(storage, streamId, key.eventId(0))
    if (found === undefined) continue
    const append = ownPart(found, key)
    const stored = append.events[0]?.metadata.commandFingerprint
    if (stored !== undefined && key.fingerprint !== undefined && stored !== key.fingerprint) {
      throw new CommandIdReused(key.id)
    }
    return { streamId, append }
  }
  return undefined
}

function ownPart(append: FoundAppend, { id }: CommandKey): FoundAppend {
  const events = append.events.filter(({ metadata }) => metadata.commandId === id)
  const last = events.at(-1)
  return last ? { ...append, events, version: last.stream.version } : append
}

// An old period may have been deleted. The stream that a command runs in was loaded before, so it is not that one.
async function findAppend({ events }: RepositoryStorage, streamId: string, eventId: string) {
  try {
    return await events.findAppend(streamId, eventId)
  } catch (error) {
    if (error instanceof StreamDeleted) return undefined
    throw error
  }
}
