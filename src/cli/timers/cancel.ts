import type { Command } from 'commander'
import { pendingTimers } from '../../timers/pending-timers.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
It does not fire then, unless its reaction schedules it again. Exits with ${EXIT.notFound} when it is not pending: it fired, was
cancelled, or never existed.`

/** `tidemark timers cancel`: keeps a timer from firing. */
export const addTimersCancel = (group: Command): Command =>
  explain(storageOptions(group.command('cancel')), ['timers cancel meter-activation reminder 87000001'], notes)
    .description('Cancels a timer that has not fired.')
    .argument('<reaction>', 'name of the reaction')
    .argument('<timer>', 'name of the timer')
    .argument('<key>', 'its key')
    .action((reaction: string, timer: string, key: string, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell, endWith }) => {
        const cancelled = await pendingTimers(storage).cancel({ reaction, timer, key })
        if (!cancelled) endWith(EXIT.notFound)
        const which = `${timer} of ${reaction} for ${key}`
        await tell({ reaction, timer, key, cancelled }, cancelled ? `Cancelled ${which}` : `${which} is not pending`)
      }),
    )
