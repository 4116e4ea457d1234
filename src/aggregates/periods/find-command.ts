import { CommandIdReused } from '../../core/errors/append.ts'
import type { EventTypes } from '../../core/events/types.ts'
import { PERIOD_CLOSED } from '../../core/port/event-document.ts'
import { type CarriedOut, type CommandKey, findCommand } from '../commands/command-id.ts'
import type { Executed } from '../commands/command-result.ts'
import { replay } from '../commands/earlier-result.ts'
import type { Context, RepositoryStorage } from '../state/context.ts'
import type { OpenPeriod } from './find-open-period.ts'
import { listPeriods } from './list-periods.ts'
import type { PeriodStreams } from './period-events.ts'

/** Where a command may already have been executed. */
export type SearchScope<S> = {
  readonly open: OpenPeriod<S>
  /** The periods that were open at some time during this attempt to execute the command. */
  readonly seen: ReadonlySet<string>
  /** The period that the command is for, if it names one. */
  readonly target: string | undefined
}

// How many old periods are read at once.
const AT_ONCE = 16

/**
 * The first result of a command that was already executed. One that names its period was executed there, or in one of
 * the periods that are read because of it: the one before it, the open one, and the one before that. One that names
 * none was executed in the period that was open then, so all of them are searched.
 *
 * @throws CommandIdReused if the id is that of another command, or of a close
 */
export async function findInPeriods<S, E extends EventTypes>(
  context: Context<S, E>,
  streams: PeriodStreams,
  key: CommandKey,
  { open, seen, target }: SearchScope<S>,
): Promise<Executed<S, E> | undefined> {
  const periods = new Set([open.period, ...seen])
  if (open.predecessor !== undefined) periods.add(open.predecessor)
  if (target !== undefined && target < open.period) {
    periods.add(target)
    const before = await periodBefore(context.storage, streams, target)
    if (before !== undefined) periods.add(before)
  }
  const done =
    (await findCommand(context.storage, key, [...periods].map(streams.of))) ??
    (target === undefined && open.listed > periods.size
      ? await findInOthers(context.storage, streams, key, periods)
      : undefined)
  if (done === undefined) return undefined
  if (done.append.events[0]?.eventType === PERIOD_CLOSED) throw new CommandIdReused(key.id)
  return replay(context, done)
}

async function findInOthers(
  storage: RepositoryStorage,
  streams: PeriodStreams,
  key: CommandKey,
  known: ReadonlySet<string>,
): Promise<CarriedOut | undefined> {
  const listed = await listPeriods(storage, streams)
  const others = listed.map(({ period }) => period).filter((period) => !known.has(period))
  for (let end = others.length; end > 0; end -= AT_ONCE) {
    const some = others.slice(Math.max(0, end - AT_ONCE), end)
    const found = await Promise.all(some.map((period) => findCommand(storage, key, [streams.of(period)])))
    const done = found.find((one) => one !== undefined)
    if (done) return done
  }
  return undefined
}

async function periodBefore(storage: RepositoryStorage, streams: PeriodStreams, period: string) {
  const listed = await listPeriods(storage, streams)
  return listed.findLast((entry) => entry.period < period)?.period
}
