import type { Command } from 'commander'
import { dropVersion } from '../../processor/versions/drop-version.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

/** `tidemark projections drop`: removes a version that nobody reads. */
export const addProjectionsDrop = (group: Command): Command =>
  storageOptions(group.command('drop'))
    .description('Removes the views and leases of a version that readers do not see. It can be repeated.')
    .argument('<projection>', 'the name of the projection')
    .argument('<version>', 'the version', wholeNumber)
    .action((name: string, version: number, options: CommonOptions) =>
      withStorage(options, async ({ storage, tell }) => {
        await dropVersion(storage, { name, version })
        await tell({ projection: name, dropped: version }, `Version ${version} of ${name} is gone`)
      }),
    )
