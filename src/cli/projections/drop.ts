import type { Command } from 'commander'
import { dropVersion } from '../../processor/versions/drop-version.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
Stop the workers that run the version first. If the command is interrupted, run it again.`

/** `tidemark projections drop`: removes a version that readers do not see. */
export const addProjectionsDrop = (group: Command): Command =>
  explain(storageOptions(group.command('drop')), ['projections drop meter-overview 1'], notes)
    .description('Removes the views and leases of a version that readers do not see.')
    .argument('<projection>', 'name of the projection')
    .argument('<version>', 'version to drop', wholeNumber)
    .action((name: string, version: number, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        await dropVersion(storage, { name, version })
        await tell({ projection: name, dropped: version }, `Dropped version ${version} of ${name}`)
      }),
    )
