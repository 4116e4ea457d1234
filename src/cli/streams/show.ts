import type { Command } from 'commander'
import { StreamNotFound } from '../../core/errors/append.ts'
import { eventLine } from '../support/events.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { jsonLine } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

type Options = CommonOptions & {
  readonly from?: number
  readonly to?: number
  readonly limit?: number
  readonly backwards?: boolean
}

/** `tidemark streams show`: the events of a stream. */
export const addStreamsShow = (group: Command): Command =>
  explain(storageOptions(group.command('show')), [
    'streams show meter:87000001:2020',
    'streams show meter:87000001:2020 --backwards --limit 10 --json',
  ])
    .description('Shows the events of a stream, one per line; with --json, the stored documents.')
    .argument('<stream>', 'id of the stream, such as meter:87000001:2020')
    .option('--from <version>', 'first version to show', wholeNumber)
    .option('--to <version>', 'last version to show', wholeNumber)
    .option('--limit <number>', 'at most this many events', wholeNumber)
    .option('--backwards', 'last event first')
    .action((streamId: string, { from, to, limit, backwards, ...options }: Options) =>
      withStorage(options, async ({ storage, out, json, signal }) => {
        let shown = 0
        const part = {
          signal,
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(limit !== undefined && { limit }),
          ...(backwards && { direction: 'backwards' as const }),
        }
        for await (const event of storage.events.read(streamId, part)) {
          await out.line(json ? jsonLine(event) : eventLine(event, out))
          shown++
        }
        if (shown > 0) return
        // A part may hold no events; a stream without any does not exist.
        const { version } = await storage.events.load(streamId, { limit: 1 })
        if (version === 0) throw new StreamNotFound(streamId)
      }),
    )
