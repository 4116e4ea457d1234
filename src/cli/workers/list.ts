import type { Command } from 'commander'
import { listWorkers } from '../../processor/status/list-workers.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

const notes = `
A worker is active when it owns feed ranges. It is standby when others own all of them: it takes over when one stops.
It is stopping when it has announced that it takes no more ranges, and expired when it has not renewed its document.
cpu is the share of one core that its process used before it last did; delay is how late its event loop was (p99).`

/** `tidemark workers list`: the workers, and what each of them does. */
export const addWorkersList = (group: Command): Command =>
  explain(storageOptions(group.command('list')), ['workers list'], notes)
    .description(
      'Lists the workers: active, standby, stopping or expired, how many feed ranges each owns, and its process.',
    )
    .action((options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        await rows(await listWorkers(storage), {
          worker: ({ worker }) => worker,
          state: ({ state }) => state,
          ranges: ({ leases }) => new Set(leases.map(({ range }) => range)).size,
          leases: ({ leases }) => leases.length,
          host: ({ host }) => host,
          pid: ({ pid }) => pid && String(pid),
          release: ({ release }) => release,
          started: ({ startedAt }) => startedAt,
          cpu: ({ load }) => load && `${Math.round(load.cpu * 100)} %`,
          delay: ({ load }) => load && `${Math.round(load.delay)} ms`,
          projections: ({ projections }) => projections.map(nameIn).join(' ') || null,
          expires: ({ expires }) => expires,
        })
      }),
    )

const nameIn = ({ projection, version }: { readonly projection: string; readonly version: number }): string =>
  `${projection}:${version}`
