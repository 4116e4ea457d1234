import type { Command } from 'commander'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { EXIT } from '../support/exit-codes.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { tellReplayed } from './tell-replayed.ts'
import { withCode } from './which.ts'

type Options = CommonOptions & { readonly projections?: string; readonly dryRun?: boolean }

/** `tidemark parked replay`: folds what waits. */
export const addParkedReplay = (group: Command): Command =>
  storageOptions(group.command('replay'))
    .description('Folds what waits, in order, with the code of a folder; then the sequence goes on by itself.')
    .argument('<projection>', 'the name of the projection')
    .argument('<key>', 'the key of the view')
    .option('--projections <folder>', 'the folder of projections, one file each')
    .option('--dry-run', 'only show the view before and after')
    .addHelpText('after', `\nEnds with ${EXIT.refused} when an event fails again, so that the sequence stays parked.`)
    .action((name: string, key: string, { projections, dryRun = false, ...options }: Options) =>
      withStorage(options, async (session) => {
        const sequences = parkedSequences(session.storage, await withCode(projections, name))
        const replayed = await sequences.replay(key, { dryRun })
        if (session.json) await session.out.line(jsonLine({ projection: name, key, dryRun, ...replayed }))
        else await tellReplayed(session.out, replayed, dryRun)
        if (!replayed.unparked) session.endWith(EXIT.refused)
      }),
    )
