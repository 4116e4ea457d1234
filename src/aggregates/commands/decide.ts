import { encodeEvents } from '../../core/events/codec.ts'
import { keysOf } from '../../core/events/sealing/sealed-data.ts'
import { stampEvents } from '../../core/events/stamp-events.ts'
import type { EventTypes, UserMetadata } from '../../core/events/types.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { Context } from '../state/context.ts'
import { domainVersion, keep, type Loaded, loadStream, mergeKeys } from '../state/load.ts'
import { appendClaimed } from '../unique/append-claimed.ts'
import { Conflict, tryAppend } from './append-or-conflict.ts'
import type { Command } from './command.ts'
import { type CarriedOut, type CommandKey, findCommand } from './command-id.ts'
import { type Executed, toAppended } from './command-result.ts'
import { decidedEvents } from './decided-events.ts'
import { replay } from './earlier-result.ts'
import { type Preview, previewEvents } from './preview.ts'
import { sealDecided } from './seal-decided.ts'

/** Added to every event of a command. */
export type CommandContext = { readonly key: CommandKey | undefined; readonly metadata: UserMetadata | undefined }

/** A state that a command is decided on, and where its events are appended. */
export type DecisionState<S> = Pick<Loaded<S>, 'streamId' | 'state' | 'version' | 'snapshotVersion' | 'keys'>

/** What a command decided, with its result. */
export type PreviewedDecision<S, E extends EventTypes> = {
  readonly encoded: readonly NewEventDocument[]
  readonly preview: Preview<S, E>
}

/** A decision that may be appended, with its result. */
export type PreparedDecision<S, E extends EventTypes> = {
  /** As they are appended: stamped, and sealed if anything is personal. */
  readonly documents: readonly NewEventDocument[]
  readonly preview: Preview<S, E>
  /** The keys of the people whose data is in the state after them; absent if there are none. */
  readonly keys?: readonly string[]
}

/**
 * Runs a command on a state.
 *
 * @returns undefined if it decides nothing
 * @throws what the command or `evolve` throws, unchanged; InvalidCommand, UnknownEventType, InvalidEventData, InvalidEvent
 */
export async function decide<S, E extends EventTypes>(
  context: Context<S, E>,
  ground: DecisionState<S>,
  command: Command<S, E>,
  { key, metadata }: CommandContext,
): Promise<PreviewedDecision<S, E> | undefined> {
  const events = decidedEvents<E>(command(ground.state))
  if (events.length === 0) return undefined
  if (context.claims) await context.claims.prepare()
  const encoded = await encodeEvents(context.aggregate.events, events, {
    ...(metadata && { metadata }),
    ...(key && { command: key }),
  })
  return { encoded, preview: await previewEvents(context, ground.streamId, ground, encoded) }
}

/**
 * Seals and stamps a decision that is about to be appended, and stores its payloads.
 *
 * @throws VaultRequired, PersonForgotten, and those of the vault
 */
export async function sealDecision<S, E extends EventTypes>(
  context: Context<S, E>,
  ground: DecisionState<S>,
  { encoded, preview }: PreviewedDecision<S, E>,
): Promise<PreparedDecision<S, E>> {
  const sealed = await sealDecided(context, ground.streamId, encoded, ground.keys)
  const keys = mergeKeys(ground.keys, sealed === encoded ? [] : sealed.flatMap((one) => keysOf(one.eventData)))
  // Stamped here, and not only when they are appended, because their size is asked for before.
  const documents = stampEvents(context.storage.writerSeal, ground.streamId, sealed, ground.version)
  return { documents, preview, ...(keys && { keys }) }
}

/** Runs a command on a loaded stream and appends its events at exactly the version that was loaded. */
export async function decideAndAppend<S, E extends EventTypes>(
  context: Context<S, E>,
  loaded: Loaded<S>,
  command: Command<S, E>,
  stamp: CommandContext,
): Promise<Executed<S, E> | Conflict> {
  const { storage } = context
  const { streamId, version } = loaded
  const decision = await decide(context, loaded, command, stamp)
  if (decision === undefined) return unchanged(context, loaded)
  const prepared = await sealDecision(context, loaded, decision)
  const change = { streamId, version, before: loaded.state, after: decision.preview.state }
  const appended = await appendClaimed(context, change, () =>
    tryAppend(context, streamId, prepared.documents, version, stamp.key !== undefined),
  )
  if (appended instanceof Conflict) return appended
  if (appended.duplicate && stamp.key) {
    // The same command was executed elsewhere at the same time; its content must still be compared.
    const first: CarriedOut | undefined = await findCommand(storage, stamp.key, [streamId])
    if (first) return replay(context, first)
  }
  return settle(context, loaded, prepared, appended)
}

/** The result after an append, and the state that is kept. */
export async function settle<S, E extends EventTypes>(
  context: Context<S, E>,
  ground: DecisionState<S>,
  { preview, keys }: PreparedDecision<S, E>,
  { version, position, duplicate }: AppendResult,
): Promise<Executed<S, E>> {
  const { streamId } = ground
  const after: Loaded<S> = preview.isGuess
    ? await loadStream(context, streamId, { version })
    : {
        streamId,
        state: preview.state,
        version,
        exists: true,
        last: preview.documents.at(-1),
        snapshotVersion: ground.snapshotVersion,
        ...(keys && { keys }),
      }
  const { state } = keep(context, after)
  return { streamId, version, position, state, events: preview.events.map(toAppended), duplicate }
}

/** The result of a command that decided nothing. */
export async function unchanged<S, E extends EventTypes>(
  { storage }: Context<S, E>,
  loaded: Loaded<S>,
): Promise<Executed<S, E>> {
  const { streamId, last, state } = loaded
  const version = domainVersion(loaded)
  if (version === 0) return { streamId, version, position: null, state, events: [], duplicate: false }
  const found = last && (await storage.events.findAppend(streamId, last.metadata.eventId))
  return { streamId, version, position: found?.position ?? null, state, events: [], duplicate: false }
}
