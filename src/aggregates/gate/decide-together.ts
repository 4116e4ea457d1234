import { type PreparedEvent, prepareAppend } from '../../core/append/prepare-append.ts'
import type { EventTypes } from '../../core/events/types.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import { decide, type PreparedDecision, sealDecision } from '../commands/decide.ts'
import { assertExpectation } from '../commands/expectation.ts'
import type { Context } from '../state/context.ts'
import { domainVersion, type Loaded } from '../state/load.ts'
import { changesUniqueValues } from '../unique/append-claimed.ts'
import type { PendingCommand } from './pending-command.ts'

/** The result of a command on the state that its predecessors leave. */
export type Verdict<S, E extends EventTypes> = {
  readonly pending: PendingCommand<S, E>
  /** Whether an earlier command decided something, so that this result holds only if that is appended. */
  readonly depends: boolean
  /** The stream's version after the command. */
  readonly version: number
} & (
  | { readonly kind: 'decided'; readonly decision: PreparedDecision<S, E> }
  | { readonly kind: 'unchanged'; readonly state: S }
  | { readonly kind: 'failed'; readonly error: unknown }
)

/** The results of several commands, one after another. */
export type Plan<S, E extends EventTypes> = {
  /** In the order of the commands; those that are missing at the end must wait for the next append. */
  readonly verdicts: readonly Verdict<S, E>[]
  /** The events of all of them. */
  readonly documents: readonly NewEventDocument[]
  /** The state after all of them. */
  readonly state: S
  /** The keys of the people whose data is in that state; absent if there are none. */
  readonly keys?: readonly string[]
  /** Whether the first of the missing ones changes unique values: then claims are made for it alone. */
  readonly isNextAlone: boolean
}

/**
 * Decides commands one after another, each on the state that the previous one leaves, as many as fit into one append. A
 * command that throws, or whose events no storage would accept, does not affect those after it.
 */
export async function decideTogether<S, E extends EventTypes>(
  context: Context<S, E>,
  loaded: Loaded<S>,
  commands: readonly PendingCommand<S, E>[],
): Promise<Plan<S, E>> {
  const { streamId, snapshotVersion } = loaded
  let { keys } = loaded
  const { limits } = context.storage
  const verdicts: Verdict<S, E>[] = []
  const documents: NewEventDocument[] = []
  const named = new Set<string>()
  let { state, version } = loaded
  let bytes = 0
  let isNextAlone = false
  for (const pending of commands) {
    const { command, stamp, options } = pending
    const depends = documents.length > 0
    // A repeat within the same append must be looked up after it.
    if (stamp.key && named.has(stamp.key.id)) break
    try {
      assertExpectation(options, { streamId, version: depends ? version : domainVersion(loaded) })
      const ground = { streamId, state, version, snapshotVersion, ...(keys && { keys }) }
      const decided = await decide(context, ground, command, stamp)
      if (decided === undefined) {
        verdicts.push({ kind: 'unchanged', pending, depends, version, state })
        continue
      }
      if (changesUniqueValues(context, state, decided.preview.state)) {
        isNextAlone = true
        break
      }
      const decision = await sealDecision(context, ground, decided)
      const prepared = prepareAppend(streamId, decision.documents, { expectedVersion: version }, limits)
      const size = sizeOf(prepared)
      const isFull = documents.length + prepared.length > limits.eventsPerAppend || bytes + size > limits.bytesPerAppend
      if (depends && isFull) break
      if (stamp.key) named.add(stamp.key.id)
      documents.push(...decision.documents)
      bytes += size
      version += prepared.length
      state = decision.preview.state
      keys = decision.keys
      verdicts.push({ kind: 'decided', pending, depends, version, decision })
      // Its result is only certain once it is stored.
      if (decision.preview.isGuess) break
    } catch (error) {
      verdicts.push({ kind: 'failed', pending, depends, version, error })
    }
  }
  return { verdicts, documents, state, isNextAlone, ...(keys && { keys }) }
}

function sizeOf(events: readonly PreparedEvent[]): number {
  let bytes = 0
  for (const { type, data, metadata } of events) {
    bytes += Buffer.byteLength(type) + Buffer.byteLength(data) + Buffer.byteLength(metadata)
  }
  return bytes
}
