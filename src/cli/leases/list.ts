import type { Command } from 'commander'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import { leaseText } from '../../core/port/lease-store.ts'
import { isReservedProjection } from '../../core/port/view-store.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

/** `tidemark leases list`: which worker owns which range. */
export const addLeasesList = (group: Command): Command =>
  explain(storageOptions(group.command('list')), ['leases list meter-overview'])
    .description('Lists the leases: which worker owns which feed range, for each version of each projection.')
    .argument('[projection]', 'only leases of this projection')
    .action((projection: string | undefined, options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        const [stored, registered] = await Promise.all([
          storage.leases.list(projection === undefined ? {} : { projection }),
          storage.leases.list({ projection: WORKERS }),
        ])
        const workers = registered.map(({ document }) => document)
        const leases = stored
          .map(({ document }) => ({ ...document, expiresAt: expiryOf(document, workers) }))
          .filter((lease) => !isReservedProjection(lease.projection))
        const now = Date.now()
        await rows(leases, {
          lease: leaseText,
          owner: ({ owner }) => owner,
          expires: ({ owner, expiresAt }) =>
            owner === null ? null : `${new Date(expiresAt).toISOString()}${expiresAt <= now ? ' (expired)' : ''}`,
          checkpoint: ({ readTo }) => readTo,
          incarnation: ({ incarnation }) => (incarnation === storage.incarnation ? 'current' : incarnation),
        })
      }),
    )
