import type { Command } from 'commander'
import { eventReference } from '../../core/events/event-reference.ts'
import type { ParkedSummary } from '../../processor/parking/list-parked.ts'
import { parkedSequences } from '../../processor/replay/parked-sequences.ts'
import { listVersions } from '../../processor/versions/listing/list-versions.ts'
import type { Storage } from '../../views/with-views.ts'
import { explain } from '../support/help.ts'
import { storageOptions } from '../support/options.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { nameOnly } from './which.ts'

type Listed = ParkedSummary & { readonly projection: string; readonly version: number }

/** `tidemark parked list`: in all versions. */
export const addParkedList = (group: Command): Command =>
  explain(storageOptions(group.command('list')), ['parked list', 'parked list meter-overview --json'])
    .description('Lists the parked sequences: which view is held back, behind which event, and why.')
    .argument('[projection]', 'only sequences of this projection or reaction')
    .action((projection: string | undefined, options: CommonOptions) =>
      withStorage(options, async ({ storage, rows }) => {
        const versions = (await listVersions(storage, projection)).filter(({ parked }) => parked > 0)
        const all: Listed[] = []
        for (const { projection: name, version } of versions) all.push(...(await allParked(storage, name, version)))
        await rows(all, {
          projection: ({ projection }) => projection,
          version: ({ version }) => version,
          key: ({ key }) => key,
          event: ({ event }) => eventReference(event.streamId, event.version),
          pending: ({ waiting }) => waiting,
          attempts: ({ attempts }) => attempts,
          since: ({ since }) => since,
          error: ({ error }) => error && `${error.code}: ${error.message}`.replaceAll(/\s+/g, ' '),
        })
      }),
    )

async function allParked(storage: Storage, projection: string, version: number): Promise<Listed[]> {
  const sequences = parkedSequences(storage, await nameOnly(storage, projection, version))
  const all: Listed[] = []
  for (let after: string | undefined; ; ) {
    const page = await sequences.list({ limit: 1000, ...(after !== undefined && { after }) })
    all.push(...page.items.map((item) => ({ projection, version, ...item })))
    after = page.next
    if (after === undefined) return all
  }
}
