import type { Command } from 'commander'
import { listWorkers } from '../../processor/status/list-workers.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
A worker is active when it owns feed ranges. It is standby when others own all of them: it takes over when one stops.
It is stopping when it has announced that it takes no more ranges, and expired when it has not renewed its document.`

/** `tidemark workers list`: the workers, and what each of them does. */
export const addWorkersList = (group: Command): Command =>
  explain(storageOptions(group.command('list')), ['workers list'], notes)
    .description('Lists the workers: active, standby, stopping or expired, and how many feed ranges each owns.')
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        await rows(await listWorkers(storage), {
          worker: ({ worker }) => worker,
          state: ({ state }) => state,
          ranges: ({ leases }) => new Set(leases.map(({ range }) => range)).size,
          leases: ({ leases }) => leases.length,
          projections: ({ projections }) => projections.map(nameIn).join(' ') || null,
          expires: ({ expires }) => expires,
        })
      }),
    )

const nameIn = ({ projection, version }: { readonly projection: string; readonly version: number }): string =>
  `${projection}:${version}`
