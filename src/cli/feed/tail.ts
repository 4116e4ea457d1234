import { type Command, InvalidArgumentError } from 'commander'
import type { FeedEvent, FeedStart } from '../../core/port/change-feed.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import { eventLine } from '../support/events.ts'
import { followFeed } from '../support/follow-feed.ts'
import { explain } from '../support/help.ts'
import { moment, storageOptions, wholeNumber } from '../support/options.ts'
import { jsonLine, type Output } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'

type Options = CommonOptions & {
  readonly from: FeedStart
  readonly type?: string[]
  readonly limit?: number
  readonly follow: boolean
}

/** `tidemark feed tail`: events as they arrive. */
export const addFeedTail = (group: Command): Command =>
  explain(storageOptions(group.command('tail')), [
    'feed tail --from start --no-follow',
    'feed tail --type MeterActivated --json',
  ])
    .description('Shows the events of all feed ranges as they arrive, in order within a range, not across ranges.')
    .option('--from <start>', 'where to begin: start, now, or a time', startOf, 'now' as FeedStart)
    .option('--type <name...>', 'only events of these types')
    .option('--limit <number>', 'stop after this many events', wholeNumber)
    .option('--no-follow', 'stop at the end of the feed')
    .action(({ from, type, limit = Number.POSITIVE_INFINITY, follow, ...options }: Options) =>
      withStorage(options, async ({ storage, out, json, signal }) => {
        let shown = 0
        const end = new AbortController()
        const until = AbortSignal.any([signal, end.signal])
        await followFeed(storage.feed, { from, follow, signal: until }, async (feedEvent) => {
          if (until.aborted || (type && !type.includes(feedEvent.event.eventType))) return
          shown++
          if (shown >= limit) end.abort()
          await out.line(json ? jsonLine(feedEvent) : lineOf(feedEvent, out))
        })
      }),
    )

function startOf(text: string): FeedStart {
  if (text === 'start' || text === 'now') return text
  try {
    return moment(text)
  } catch {
    throw new InvalidArgumentError('Expected start, now, or a time such as 2026-01-31T12:00:00Z.')
  }
}

const lineOf = ({ event, position, range }: FeedEvent, out: Output): string =>
  eventLine(event, out, `${intervalText(range)} ${position.lsn}`)
