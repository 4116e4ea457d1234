import type { Command } from 'commander'
import { expiryOf, WORKERS } from '../../core/leases/lease-owner.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

/** `tidemark leases list`: which worker has which range. */
export const addLeasesList = (group: Command): Command =>
  storageOptions(group.command('list'))
    .description('Lists the leases: which worker has which feed range for which version of which projection.')
    .argument('[projection]', 'only of this projection')
    .action((projection: string | undefined, options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        const [stored, registered] = await Promise.all([
          storage.leases.list(projection === undefined ? {} : { projection }),
          storage.leases.list({ projection: WORKERS }),
        ])
        const workers = registered.map(({ document }) => document)
        const leases = stored
          .map(({ document }) => ({ ...document, expiresAt: expiryOf(document, workers) }))
          .filter((lease) => !lease.projection.startsWith('$'))
        const now = Date.now()
        await rows(leases, {
          lease: ({ id }) => id,
          owner: ({ owner }) => owner,
          expires: ({ owner, expiresAt }) =>
            owner === null ? null : `${new Date(expiresAt).toISOString()}${expiresAt <= now ? ' (over)' : ''}`,
          'read to': ({ readTo }) => readTo,
          incarnation: ({ incarnation }) => (incarnation === storage.incarnation ? 'this one' : incarnation),
        })
      }),
    )
