import type { Command } from 'commander'
import { listVersions } from '../../processor/versions/list-versions.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { roles } from './roles.ts'

/** `tidemark projections list`: every version of every projection. */
export const addProjectionsList = (group: Command): Command =>
  storageOptions(group.command('list'))
    .description('Lists the projections that workers ran on this storage, each with its versions.')
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        const versions = await listVersions(storage)
        const roleOf = roles(versions)
        const now = Date.now()
        await rows(
          versions.map((one) => ({ ...one, role: roleOf(one) })),
          {
            projection: ({ projection }) => projection,
            version: ({ version }) => version,
            role: ({ role }) => role,
            behind: ({ behind }) => behind,
            parked: ({ parked }) => parked,
            workers: ({ ranges }) =>
              new Set(ranges.flatMap(({ owner, expiresAt }) => (owner !== null && expiresAt > now ? [owner] : [])))
                .size,
            since: ({ since }) => since,
            'handlers changed': ({ changed }) => changed,
          },
        )
      }),
    )
