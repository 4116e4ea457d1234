import type { Command } from 'commander'
import { releaseLease } from '../../processor/leases/release-lease.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

/** `tidemark leases release`: lets other workers take a range at once. */
export const addLeasesRelease = (group: Command): Command =>
  storageOptions(group.command('release'))
    .description('Gives a lease up for its owner, so that another worker takes the range; nothing is lost by it.')
    .argument('<lease>', 'the id of the lease, as leases list shows it')
    .option('--force', 'also while its owner may be alive; it notices, and stops reading')
    .action((id: string, options: CommonOptions & { readonly force?: boolean }) =>
      withStorage(options, async ({ storage, tell }) => {
        const owner = await releaseLease(storage, id, { force: options.force ?? false })
        await tell({ lease: id, owner }, owner === null ? `${id} was nobody's` : `${id} is no longer ${owner}'s`)
      }),
    )
