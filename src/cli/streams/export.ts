import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
import { count } from '../support/count.ts'
import { explain } from '../support/help.ts'
import { type NewFileOptions, writeNewFile } from '../support/new-file.ts'
import { moment, storageOptions } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { startProgress } from '../support/progress.ts'
import { type CommonOptions, type Session, withStorage } from '../support/session.ts'

type Options = CommonOptions & {
  readonly category?: string
  readonly type?: string[]
  readonly from?: Date
  readonly to?: Date
  readonly output?: string
  readonly force?: boolean
}

/** `tidemark streams export`: stored events as lines of JSON. */
export const addStreamsExport = (group: Command): Command =>
  explain(storageOptions(group.command('export')), [
    'streams export meter:87000001:2020',
    'streams export --category meter --from 2026-01-01 --output meters.jsonl',
  ])
    .description('Writes stored events as lines of JSON: those of one stream, or of all streams in order of time.')
    .argument('[stream]', 'only events of this stream, in order of version')
    .option('--category <name>', 'only events of streams in this category')
    .option('--type <name...>', 'only events of these types')
    .option('--from <time>', 'only events recorded then or later', moment)
    .option('--to <time>', 'only events recorded earlier', moment)
    .option('--output <file>', 'write a new file that only you can read, instead of the standard output')
    .option('--force', 'replace an existing file')
    .action((streamId: string | undefined, options: Options) =>
      withStorage(options, async (session) => {
        const events = selected(session, streamId, options)
        if (options.output === undefined) {
          for await (const event of events) await session.out.line(jsonLine(event))
          return
        }
        const total = streamId === undefined ? await eventsOf(session) : await versionOf(session, streamId)
        const exported = await writeFile(options.output, events, total, {
          force: options.force ?? false,
          signal: session.signal,
        })
        await session.tell(
          { file: options.output, events: exported },
          `Wrote ${count(exported, 'event')} to ${options.output}`,
        )
      }),
    )

function selected(
  { storage, signal }: Session,
  streamId: string | undefined,
  { category, type, from, to }: Options,
): AsyncIterable<EventDocument> {
  const filters = [category, type, from, to].some((filter) => filter !== undefined)
  if (streamId !== undefined && filters)
    throw new InvalidConfiguration('stream', 'cannot be combined with --category, --type, --from or --to')
  if (streamId !== undefined) return storage.events.read(streamId, { signal })
  return storage.events.query({
    signal,
    ...(category !== undefined && { category }),
    ...(type !== undefined && { types: type }),
    ...((from ?? to) && { recorded: { ...(from && { from }), ...(to && { to }) } }),
  })
}

const versionOf = async ({ storage }: Session, streamId: string): Promise<number> =>
  (await storage.events.load(streamId, { limit: 1 })).version

async function eventsOf({ storage }: Session): Promise<number> {
  const lags = (await storage.feed.ranges()).map((range) => storage.feed.lag(range, 'start'))
  return (await Promise.all(lags)).reduce((sum, { events }) => sum + events, 0)
}

async function writeFile(
  file: string,
  events: AsyncIterable<EventDocument>,
  total: number,
  options: Pick<NewFileOptions, 'force' | 'signal'>,
): Promise<number> {
  const progress = startProgress(total)
  let done = 0
  async function* lines() {
    for await (const event of events) {
      yield `${jsonLine(event)}\n`
      if (++done % 100 === 0) progress.update(done, count(done, 'event'))
    }
  }
  try {
    await writeNewFile(file, lines(), { setting: '--output', ...options })
  } finally {
    progress.stop()
  }
  return done
}
