import type { Command } from 'commander'
import { projectionVersions } from '../../processor/versions/listing/projection-versions.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { parkedCell } from './parked-cell.ts'

/** `tidemark projections list`: every version of every projection. */
export const addProjectionsList = (group: Command): Command =>
  explain(storageOptions(group.command('list')), ['projections list', 'projections list --json'])
    .description('Lists the projections and reactions that workers have run on this storage, with their versions.')
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        const now = Date.now()
        await rows(await projectionVersions(storage).list(), {
          projection: ({ projection }) => projection,
          version: ({ version }) => version,
          role: ({ role }) => role,
          behind: ({ behind }) => behind,
          parked: parkedCell,
          workers: ({ ranges }) =>
            new Set(ranges.flatMap(({ owner, expiresAt }) => (owner !== null && expiresAt > now ? [owner] : []))).size,
          paused: ({ paused }) => paused !== null,
          since: ({ since }) => since,
          'handlers changed': ({ changed }) => changed,
        })
      }),
    )
