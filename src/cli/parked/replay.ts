import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { EXIT } from '../support/exit-codes.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'
import { replayAll } from './replay-all.ts'
import { withCode } from './which.ts'
import { writeReplayed } from './write-replayed.ts'

type Options = CommonOptions & { readonly projections?: string; readonly dryRun?: boolean; readonly all?: boolean }

const notes = `
With --all, replays every parked sequence of one projection, or of all projections in the folder, and writes one line
for each. A sequence whose event fails again stays parked, and the others are replayed all the same.
Exits with ${EXIT.refused} when a sequence is still parked afterwards.`

/** `tidemark parked replay`: applies the pending events of parked sequences. */
export const addParkedReplay = (group: Command): Command =>
  explain(
    storageOptions(group.command('replay')),
    [
      'parked replay meter-overview 87000001 --projections ./projections --dry-run',
      'parked replay meter-overview --all --projections ./projections',
      'parked replay --all --projections ./projections --json',
    ],
    notes,
  )
    .description('Applies the pending events of a parked sequence, in order, with the code in a folder.')
    .argument('[projection]', 'name of the projection or reaction')
    .argument('[key]', 'key of the view, or stream of the reaction')
    .option('--all', 'replay every parked sequence')
    .option('--projections <folder>', 'folder of projections, one file each')
    .option('--dry-run', 'only show what a replay would do')
    .action((name: string | undefined, key: string | undefined, { all = false, ...options }: Options) =>
      withStorage({ ...options, vault: true }, (session) => {
        if (!all) return replayOne(session, name, key, options)
        if (key !== undefined) throw new InvalidConfiguration('--all', 'cannot be combined with the key of one view')
        return replayAll(session, name, options)
      }),
    )

async function replayOne(
  session: Session,
  name: string | undefined,
  key: string | undefined,
  { projections, dryRun = false }: Options,
): Promise<void> {
  if (name === undefined || key === undefined) {
    throw new InvalidConfiguration(name === undefined ? 'projection' : 'key', 'is required, unless --all is given')
  }
  const projection = await withCode(session.storage, projections, name)
  const replayed = await parkedSequences(session.storage, projection).replay(key, { dryRun })
  if (session.json) await session.out.line(jsonLine({ projection: name, key, dryRun, ...replayed }))
  else await writeReplayed(session.out, replayed, dryRun)
  if (!replayed.unparked) session.endWith(EXIT.refused)
}
