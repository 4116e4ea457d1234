import type { Command } from 'commander'
import { StreamNotFound } from '../../core/errors/append.ts'
import { eventLine } from '../support/events.ts'
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
  storageOptions(group.command('show'))
    .description('Shows the events of a stream, a line each; with --json the stored documents.')
    .argument('<stream>', 'the id of the stream, such as meter:87000001:2020')
    .option('--from <version>', 'the first version to read', wholeNumber)
    .option('--to <version>', 'the last version to read', wholeNumber)
    .option('--limit <number>', 'at most so many events', wholeNumber)
    .option('--backwards', 'the last event first')
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
        // A part without events is an answer; a stream without any is not there.
        const { version } = await storage.events.load(streamId, { limit: 1 })
        if (version === 0) throw new StreamNotFound(streamId)
      }),
    )
