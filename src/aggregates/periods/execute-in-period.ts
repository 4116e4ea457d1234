import { PeriodClosed } from '../../core/errors/append.ts'
import type { EventDefinitions } from '../../core/events/types.ts'
import type { Command } from '../aggregate.ts'
import { Conflict, retryConflicts } from '../commands/append-or-conflict.ts'
import type { Executed } from '../commands/command-result.ts'
import { decide, decideAndAppend, type Stamp, unchanged } from '../commands/decide.ts'
import type { PendingCommand } from '../gate/pending-command.ts'
import type { CommandSource } from '../gate/serve-commands.ts'
import type { Context } from '../state/context.ts'
import { findInPeriods } from './find-command.ts'
import { findOpenPeriod, type OpenPeriod } from './find-open-period.ts'
import { openFirstPeriod } from './open-first-period.ts'
import type { PeriodStreams } from './period-events.ts'
import { carryOutClose, planClose } from './plan-close.ts'

/** Where the commands of an aggregate with a stream a period are carried out. */
export function periodSource<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streams: PeriodStreams,
): CommandSource<S, D, OpenPeriod<S>> {
  return {
    find: () => findOpenPeriod(context, streams),
    loadedOf: ({ loaded }) => loaded,
    moved: (open, after) => ({ ...open, loaded: after }),
    belongs: (open, { options: { period } }) => period === undefined || period === open.period,
    findEarlier: (open, pending) => findEarlier(context, streams, open, pending),
    alone: (pending) => executeInPeriod(context, streams, pending),
  }
}

async function findEarlier<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streams: PeriodStreams,
  open: OpenPeriod<S>,
  { seen, stamp: { key }, options: { period: target } }: PendingCommand<S, D>,
): Promise<Executed<S, D> | undefined> {
  seen.add(open.period)
  return key && findInPeriods(context, streams, key, { open, seen, target })
}

function executeInPeriod<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streams: PeriodStreams,
  pending: PendingCommand<S, D>,
): Promise<Executed<S, D>> {
  const { command, stamp } = pending
  const { period } = pending.options
  const attempt = async (): Promise<Executed<S, D> | Conflict> => {
    const open = await findOpenPeriod(context, streams)
    if (open === undefined) return openFirstPeriod(context, streams, command, stamp, period)
    const earlier = await findEarlier(context, streams, open, pending)
    if (earlier) return earlier
    if (period === undefined || period === open.period) return decideAndAppend(context, open.loaded, command, stamp)
    if (period < open.period) throw new PeriodClosed(streams.of(period), period, open.period)
    const hindrance = await moveOn(context, streams, open, period, command, stamp)
    return hindrance ?? attempt()
  }
  return retryConflicts(context, attempt)
}

/**
 * Closes the books of the open period for a command of a later one, but only when the command is certain to be carried
 * out there: one that throws or decides nothing closes nothing.
 *
 * @returns undefined when the books are closed
 */
async function moveOn<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streams: PeriodStreams,
  open: OpenPeriod<S>,
  period: string,
  command: Command<S, D>,
  stamp: Stamp,
): Promise<Executed<S, D> | Conflict | undefined> {
  // The mark is no event of the command, so it does not bear the command's id.
  const plan = await planClose(context, streams, open, period, { key: undefined, metadata: stamp.metadata })
  if (plan instanceof Conflict) return plan
  const begun = { streamId: streams.of(period), state: plan.preview.state, version: 1, snapshotVersion: 0 }
  if ((await decide(context, begun, command, stamp)) === undefined) return unchanged(context, open.loaded)
  const closed = await carryOutClose(context, streams, open, plan, { key: undefined })
  return closed instanceof Conflict ? closed : undefined
}
