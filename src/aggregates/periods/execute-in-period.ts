import { PeriodClosed } from '../../core/errors/append.ts'
import type { EventDefinitions } from '../../core/events/types.ts'
import type { Command } from '../aggregate.ts'
import { commandKey } from '../command-id.ts'
import { Conflict, retryConflicts } from '../conflict.ts'
import type { Context } from '../context.ts'
import { decide, decideAndAppend, type Stamp, unchanged } from '../decide.ts'
import type { CommandOptions } from '../execute.ts'
import type { Executed } from '../executed.ts'
import { carryOutClose, planClose } from './close-books.ts'
import { type PeriodStreams, periodStreams } from './documents.ts'
import { findInPeriods } from './find-in-periods.ts'
import { openFirstPeriod } from './open-first-period.ts'
import { findOpenPeriod, type OpenPeriod } from './open-period.ts'

/** `Repository.execute` for an aggregate with a stream a period. */
export async function executeInPeriod<S, D extends EventDefinitions>(
  context: Context<S, D>,
  id: string,
  command: Command<S, D>,
  { period, metadata, ...options }: CommandOptions & { readonly period?: string },
): Promise<Executed<S, D>> {
  const streams = periodStreams(context.aggregate, id)
  if (period !== undefined) streams.of(period)
  const stamp: Stamp = { key: commandKey(streams.root, options), metadata }
  const seen = new Set<string>()

  const attempt = async (): Promise<Executed<S, D> | Conflict> => {
    const open = await findOpenPeriod(context, streams)
    if (open === undefined) return openFirstPeriod(context, streams, command, stamp, period)
    seen.add(open.period)
    const done = stamp.key && (await findInPeriods(context, streams, stamp.key, { open, seen, target: period }))
    if (done) return done
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
