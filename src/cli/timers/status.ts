import type { Command } from 'commander'
import { pendingTimers } from '../../timers/pending-timers.ts'
import { count } from '../support/count.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
Exits with ${EXIT.attention} when a timer has been due for more than a minute: no worker runs a reaction that has timers.`

/** `tidemark timers status`: how many timers are pending, due and overdue. */
export const addTimersStatus = (group: Command): Command =>
  explain(storageOptions(group.command('status')), ['timers status', 'timers status --json'], notes)
    .description('Counts the timers that are pending, due and overdue.')
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, tell, endWith }) => {
        const status = await pendingTimers(storage).status()
        const { pending, due, overdue, next } = status
        if (overdue > 0) endWith(EXIT.attention)
        const late = overdue > 0 ? `, ${overdue.toLocaleString('en')} OVERDUE: is a worker running?` : ''
        const first = next === null ? '' : `; the first is due at ${next}`
        const text = `${count(pending, 'timer')} pending, ${due.toLocaleString('en')} of them due${late}${first}`
        await tell(status, text)
      }),
    )
