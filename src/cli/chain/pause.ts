import type { Command } from 'commander'
import { savePause } from '../../core/leases/pauses.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
Workers notice within the time in which they renew their leases (5 seconds by default). The pause is stored and outlives
restarts. tidemark chain status and the workers' /status show it, and tidemark chain verify reports the events that are not
sealed as a gap. tidemark chain seal still seals.`

/** `tidemark chain pause`: stops sealing on all workers until it is resumed. */
export const addChainPause = (group: Command): Command =>
  explain(storageOptions(group.command('pause')), ['chain pause', 'chain pause --json'], notes)
    .description('Pauses sealing on all workers until it is resumed.')
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        const { SEALING_LEASES } = await import('../../integrity/chain/sealing/sealing.ts')
        const now = new Date().toISOString()
        const before = await savePause(storage, SEALING_LEASES, now)
        await tell(
          { paused: before ?? now, already: before !== null },
          before === null ? 'Paused sealing' : `Sealing was already paused, since ${before}`,
        )
      }),
    )

/** `tidemark chain resume`: ends a pause. */
export const addChainResume = (group: Command): Command =>
  explain(storageOptions(group.command('resume')), ['chain resume', 'chain resume --json'])
    .description('Resumes sealing: workers seal everything that was appended meanwhile.')
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        const { SEALING_LEASES } = await import('../../integrity/chain/sealing/sealing.ts')
        const since = await savePause(storage, SEALING_LEASES, null)
        await tell(
          { resumed: since !== null, pausedSince: since },
          since === null ? 'Sealing was not paused' : `Resumed sealing, which had been paused since ${since}`,
        )
      }),
    )
