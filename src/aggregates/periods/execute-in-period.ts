import { PeriodClosed } from '../../core/errors/append.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { Conflict } from '../commands/append-or-conflict.ts'
import type { Command } from '../commands/command.ts'
import type { Executed } from '../commands/command-result.ts'
import { type CommandContext, decide, decideAndAppend, sealDecision, unchanged } from '../commands/decide.ts'
import { assertExpectation, type Expectation, isExact, retryExpected } from '../commands/expectation.ts'
import type { PendingCommand } from '../gate/pending-command.ts'
import type { CommandSource } from '../gate/serve-commands.ts'
import type { Context } from '../state/context.ts'
import { findInPeriods } from './find-command.ts'
import { findOpenPeriod, type OpenPeriod } from './find-open-period.ts'
import { openFirstPeriod } from './open-first-period.ts'
import type { PeriodStreams } from './period-events.ts'
import { carryOutClose, planClose } from './plan-close.ts'

/** Executes the commands of an aggregate with one stream for each period. */
export function periodSource<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
): CommandSource<S, E, OpenPeriod<S>> {
  return {
    find: async () => {
      const open = await findOpenPeriod(context, streams)
      return open.period === undefined ? undefined : open
    },
    loadedOf: ({ loaded }) => loaded,
    moved: (open, after) => ({ ...open, loaded: after }),
    belongs: (open, { options: { period } }) => period === undefined || period === open.period,
    findEarlier: (open, pending) => findEarlier(context, streams, open, pending),
    alone: (pending) => executeInPeriod(context, streams, pending),
  }
}

async function findEarlier<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  open: OpenPeriod<S>,
  { seen, stamp: { key }, options: { period: target } }: PendingCommand<S, E>,
): Promise<Executed<S, E> | undefined> {
  seen.add(open.period)
  return key && findInPeriods(context, streams, key, { open, seen, target })
}

function executeInPeriod<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  pending: PendingCommand<S, E>,
): Promise<Executed<S, E>> {
  const { command, stamp } = pending
  const { period } = pending.options
  const attempt = async (expectation: Expectation): Promise<Executed<S, E> | Conflict> => {
    const open = await findOpenPeriod(context, streams)
    if (open.period === undefined) {
      assertExpectation(expectation, { streamId: streams.root, version: 0 })
      return openFirstPeriod(context, streams, open, command, stamp, period)
    }
    const earlier = await findEarlier(context, streams, open, pending)
    if (earlier) return earlier
    if (period !== undefined && period < open.period) {
      throw new PeriodClosed(streams.of(period), period, open.period)
    }
    assertExpectation(expectation, open.loaded)
    if (period === undefined || period === open.period) return decideAndAppend(context, open.loaded, command, stamp)
    const hindrance = await moveOn(context, streams, open, period, command, stamp)
    // The successor begins with the event that carries over the very state that was expected.
    return hindrance ?? attempt(isExact(expectation) ? { expectedVersion: 1 } : expectation)
  }
  return retryExpected(context, pending.options, () => attempt(pending.options))
}

/**
 * Closes the books of the open period for a command of a later one, but only if the command is certain to be executed
 * there: one that throws or decides nothing closes nothing.
 *
 * @returns undefined if the books are closed
 */
async function moveOn<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  open: OpenPeriod<S>,
  period: string,
  command: Command<S, E>,
  stamp: CommandContext,
): Promise<Executed<S, E> | Conflict | undefined> {
  // The mark is not an event of the command, so it does not have the command's id.
  const plan = await planClose(context, streams, open, period, { key: undefined, metadata: stamp.metadata })
  if (plan instanceof Conflict) return plan
  const begun = { streamId: streams.of(period), state: plan.preview.state, version: 1, snapshotVersion: 0 }
  const decision = await decide(context, begun, command, stamp)
  if (decision === undefined) return unchanged(context, open.loaded)
  // What sealing refuses must be refused before the books are closed.
  await sealDecision(context, begun, decision)
  const closed = await carryOutClose(context, streams, open, plan, { key: undefined })
  return closed instanceof Conflict ? closed : undefined
}
