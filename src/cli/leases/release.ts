import type { Command } from 'commander'
import { releaseLease } from '../../processor/leases/release-lease.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

/** `tidemark leases release`: lets another worker take a range at once. */
export const addLeasesRelease = (group: Command): Command =>
  explain(storageOptions(group.command('release')), ['leases release meter-overview:1:0-40000000 --force'])
    .description('Releases a lease on behalf of its owner, so that another worker takes the range. No event is lost.')
    .argument('<lease>', 'the lease, as leases list shows it')
    .option('--force', 'also while its owner may be alive; the owner notices and stops reading the range')
    .action((id: string, options: CommonOptions & { readonly force?: boolean }) =>
      withStorage(options, async ({ storage, tell }) => {
        const owner = await releaseLease(storage, id, { force: options.force ?? false })
        await tell({ lease: id, owner }, owner === null ? `${id} had no owner` : `Released ${id}, which ${owner} owned`)
      }),
    )
