import { CommandIdReused } from '../../core/errors/append.ts'
import type { EventDefinitions } from '../../core/events/types.ts'
import { PERIOD_CLOSED } from '../../core/port/event-document.ts'
import { type CommandKey, findCommand } from '../command-id.ts'
import type { Context, RepositoryStorage } from '../context.ts'
import type { Executed } from '../executed.ts'
import { replay } from '../replay.ts'
import type { PeriodStreams } from './documents.ts'
import { listPeriods } from './list-periods.ts'
import type { OpenPeriod } from './open-period.ts'

/** Where a command may have been carried out already. */
export type Whereabouts<S> = {
  readonly open: OpenPeriod<S>
  /** The periods that were open at one time of this attempt to carry out the command. */
  readonly seen: ReadonlySet<string>
  /** The period that the command is for, if it names one. */
  readonly target: string | undefined
}

/**
 * The first answer of a command that was carried out already in the period that it is for, the open one, or the one
 * before either of them.
 *
 * @throws CommandIdReused when the id is that of another command, or of a close
 */
export async function findInPeriods<S, D extends EventDefinitions>(
  context: Context<S, D>,
  streams: PeriodStreams,
  key: CommandKey,
  { open, seen, target }: Whereabouts<S>,
): Promise<Executed<S, D> | undefined> {
  const periods = new Set([open.period, ...seen])
  if (open.predecessor !== undefined) periods.add(open.predecessor)
  if (target !== undefined && target < open.period) {
    periods.add(target)
    const before = await periodBefore(context.storage, streams, target)
    if (before !== undefined) periods.add(before)
  }
  const done = await findCommand(context.storage, key, [...periods].map(streams.of))
  if (done === undefined) return undefined
  if (done.append.events[0]?.eventType === PERIOD_CLOSED) throw new CommandIdReused(key.id)
  return replay(context, done)
}

async function periodBefore(storage: RepositoryStorage, streams: PeriodStreams, period: string) {
  const listed = await listPeriods(storage, streams)
  return listed.findLast((entry) => entry.period < period)?.period
}
