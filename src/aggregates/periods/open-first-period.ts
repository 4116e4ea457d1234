import { appendEvents } from '../../core/append/append-events.ts'
import { prepareAppend } from '../../core/append/prepare-append.ts'
import { uuidV7 } from '../../core/append/uuid.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { Conflict, tryAppend } from '../commands/append-or-conflict.ts'
import type { Command } from '../commands/command.ts'
import type { Executed } from '../commands/command-result.ts'
import { type CommandContext, type DecisionState, decide, sealDecision, settle } from '../commands/decide.ts'
import type { Context } from '../state/context.ts'
import { appendClaimed } from '../unique/append-claimed.ts'
import type { Unopened } from './find-open-period.ts'
import { firstListingOf, type PeriodStreams } from './period-events.ts'
import { takenBy } from './plan-close.ts'

/**
 * Runs the first command of an aggregate. Its decision is committed with the first entry of the list of periods, which
 * contains how the first period begins: of several first commands one wins, whatever their periods, and a crash before
 * the period's stream is written leaves nothing undecided.
 *
 * @throws InvalidConfiguration if events are decided and no period is named; WrongExpectedVersion (as a conflict)
 */
export async function openFirstPeriod<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  { listed: version }: Unopened,
  command: Command<S, E>,
  stamp: CommandContext,
  period: string | undefined,
): Promise<Executed<S, E> | Conflict> {
  const { storage } = context
  const streamId = period === undefined ? streams.root : streams.of(period)
  const ground: DecisionState<S> = { streamId, state: context.initial(), version: 0, snapshotVersion: 0 }
  const decided = await decide(context, ground, command, stamp)
  if (decided === undefined) {
    return { streamId: streams.root, version: 0, position: null, state: ground.state, events: [], duplicate: false }
  }
  if (period === undefined) {
    throw new InvalidConfiguration('period', `the first command of ${streams.root} must name its period`)
  }
  const decision = await sealDecision(context, ground, decided)
  const { documents } = decision
  // Once the entry is written, it must be possible to begin the period with it.
  prepareAppend(streamId, documents, { expectedVersion: 'noStream' }, storage.limits)
  const taken = await takenBy(storage, streamId)
  if (taken) return taken
  const entry = firstListingOf(period, documents, { eventId: uuidV7(), ...stamp.metadata })
  const change = { streamId: streams.root, version, before: ground.state, after: decision.preview.state }
  const listed = await appendClaimed(context, change, () => tryAppend(context, streams.root, [entry], version, false))
  if (listed instanceof Conflict) return listed
  const appended = await appendEvents(storage, streamId, documents, { expectedVersion: 'noStream' })
  // Another process that repaired the list may have been first; they are this command's events all the same.
  return settle(context, ground, decision, { ...appended, duplicate: false })
}
