import type { Command } from 'commander'
import { pendingTimers, type TimerSummary } from '../../timers/pending-timers.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

type Options = CommonOptions & {
  readonly reaction?: string
  readonly timer?: string
  readonly due?: boolean
  readonly limit: number
}

const PAGE = 1_000

const notes = `
In the order in which they are due. Timers that fired or were cancelled are in the log: tidemark streams list shows their
streams, $timer:<reaction>-<id>.`

/** `tidemark timers list`: the timers that have not fired. */
export const addTimersList = (group: Command): Command =>
  explain(
    storageOptions(group.command('list')),
    ['timers list', 'timers list --reaction meter-activation --due --json'],
    notes,
  )
    .description(
      'Lists the timers that have not fired: of which reaction, when they are due, and whether they are overdue.',
    )
    .option('--reaction <name>', 'only timers of this reaction')
    .option('--timer <name>', 'only timers of this name')
    .option('--due', 'only timers that are due')
    .option('--limit <number>', 'at most so many', wholeNumber, 100)
    .action(({ reaction, timer, due = false, limit, ...options }: Options) =>
      withStorage(options, async ({ storage, signal, rows }) => {
        const timers = pendingTimers(storage)
        const query = { ...(reaction !== undefined && { reaction }), ...(timer !== undefined && { timer }), due }
        const all: TimerSummary[] = []
        for (let after: string | undefined; all.length < limit && !signal.aborted; ) {
          const most = Math.min(PAGE, limit - all.length)
          const page = await timers.list({ ...query, limit: most, ...(after !== undefined && { after }) })
          all.push(...page.items)
          after = page.next
          if (after === undefined) break
        }
        await rows(all, {
          reaction: ({ reaction }) => reaction,
          timer: ({ timer }) => timer,
          key: ({ key }) => key,
          at: ({ at }) => at,
          state: ({ state }) => state,
        })
      }),
    )
