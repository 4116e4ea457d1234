import type { Command } from 'commander'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import type { EventDocument } from '../../core/port/event-document.ts'
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
  storageOptions(group.command('export'))
    .description('Writes stored events as lines of JSON: of one stream, or of all in the order of their times.')
    .argument('[stream]', 'only of this stream, in the order of its versions')
    .option('--category <name>', 'only of streams of this category')
    .option('--type <name...>', 'only of these types')
    .option('--from <time>', 'only recorded then or later', moment)
    .option('--to <time>', 'only recorded before', moment)
    .option('--output <file>', 'a new file to write to, which only you can read, instead of the standard output')
    .option('--force', 'replace the file where it is there')
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
        await session.tell({ file: options.output, events: exported }, `${exported} events in ${options.output}`)
      }),
    )

function selected(
  { storage, signal }: Session,
  streamId: string | undefined,
  { category, type, from, to }: Options,
): AsyncIterable<EventDocument> {
  const filters = [category, type, from, to].some((filter) => filter !== undefined)
  if (streamId !== undefined && filters) throw new InvalidConfiguration('stream', 'goes without --category and others')
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
      if (++done % 100 === 0) progress.update(done, `${done} events`)
    }
  }
  try {
    await writeNewFile(file, lines(), { setting: '--output', ...options })
  } finally {
    progress.stop()
  }
  return done
}
