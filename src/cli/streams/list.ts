import type { Command } from 'commander'
import { StreamDeleted } from '../../core/errors/append.ts'
import type { StreamsQuery } from '../../core/port/event-log.ts'
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
        for await (const { stream, version } of listStreams(storage, query, versions)) {
          if (json) await out.line(jsonLine({ stream, ...(version !== undefined && { version }) }))
          else await out.line(version === undefined ? stream : `${stream}  ${count(version, 'event')}`)
        }
      }),
    )

type Listed = { readonly stream: string; readonly version?: number }

/** Lists streams, each with its version if that is wanted. One that is deleted meanwhile is left out then. */
export async function* listStreams(
  { events }: Pick<Storage, 'events'>,
  query: StreamsQuery,
  versions: boolean,
): AsyncIterable<Listed> {
  for await (const stream of events.streams(query)) {
    if (!versions) {
      yield { stream }
      continue
    }
    const version = await versionOf(events, stream)
    if (version !== undefined) yield { stream, version }
  }
}

async function versionOf(events: Storage['events'], stream: string): Promise<number | undefined> {
  try {
    return (await events.load(stream, { limit: 0 })).version
  } catch (error) {
    if (error instanceof StreamDeleted) return undefined
    throw error
  }
}
