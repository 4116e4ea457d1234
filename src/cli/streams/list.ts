import type { Command } from 'commander'
import type { Storage } from '../../views/with-views.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

type Options = CommonOptions & {
  readonly category?: string
  readonly limit?: number
  readonly after?: string
  readonly versions?: boolean
}

const notes = `
Streams are listed in the order of their ids while they are read, so any number of them fits. Deleted streams are left
out. To list the next part, pass the last id as --after. --versions costs one more read for each stream.`

/** `tidemark streams list`: the ids of streams. */
export const addStreamsList = (group: Command): Command =>
  explain(
    storageOptions(group.command('list')),
    [
      'streams list --category meter --limit 20',
      'streams list --after meter:87000001:2020 --limit 20 --versions',
      'streams list --json > streams.jsonl',
    ],
    notes,
  )
    .description('Lists streams, one per line, in the order of their ids.')
    .option('--category <name>', 'only streams in this category')
    .option('--limit <number>', 'at most this many streams', wholeNumber)
    .option('--after <stream>', 'only streams after this id, which need not exist')
    .option('--versions', 'also the version of each stream')
    .action(({ category, limit, after, versions = false, ...options }: Options) =>
      withStorage(options, async ({ storage, out, json, signal }) => {
        const query = {
          signal,
          ...(category !== undefined && { category }),
          ...(limit !== undefined && { limit }),
          ...(after !== undefined && { after }),
        }
        for await (const stream of storage.events.streams(query)) {
          const version = versions ? await versionOf(storage, stream) : undefined
          if (json) await out.line(jsonLine({ stream, ...(version !== undefined && { version }) }))
          else await out.line(version === undefined ? stream : `${stream}  ${count(version, 'event')}`)
        }
      }),
    )

const versionOf = async ({ events }: Storage, stream: string): Promise<number> =>
  (await events.load(stream, { limit: 0 })).version
