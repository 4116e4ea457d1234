import type { FeedEvent, FeedRange } from '../../../core/port/change-feed.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import { isRecent, type Run } from '../run.ts'
import type { Versions } from '../streams/check-versions.ts'
import { checkWriter } from './check-writer.ts'
import type { Erasures } from './erasures.ts'
import type { FeedWindows } from './feed-window.ts'

/** Reads what is in the feed after the end of the chain. */
export type CheckUnsealed = (options: {
  /** When the end of the ledger was looked for: events that are older by the grace should have been sealed. */
  readonly endedAt: number
  /** What streams that are not known yet are marked with. */
  readonly marks?: number
}) => Promise<void>

/**
 * Creates the check of events that are not sealed. It can be called again, and then continues.
 *
 * @param isSealed whether an event is one that was sealed; without it, the windows begin after those
 */
export function createUnsealedCheck(
  run: Run,
  windows: FeedWindows,
  versions: Versions,
  erasures: Erasures,
  isSealed?: (found: FeedEvent) => boolean | Promise<boolean>,
): CheckUnsealed {
  const { findings, tally, grace, signal, clock } = run
  return async ({ endedAt, marks = 0 }) => {
    for (const range of windows.ranges()) await checkRange(range)

    async function checkRange(range: FeedRange): Promise<void> {
      let overdue: { first: FeedEvent; count: number } | undefined
      for (;;) {
        signal.throwIfAborted()
        const found = await windows.take(range)
        if (found === undefined) break
        for (const one of found) {
          if (isSealed !== undefined && (await isSealed(one))) continue
          check(one)
          if (!isOverdue(one)) continue
          overdue ??= { first: one, count: 0 }
          overdue.count++
        }
      }
      if (overdue === undefined) return
      const { id: streamId, version } = overdue.first.event.stream
      const others = overdue.count > 1 ? `, and so are ${overdue.count - 1} after it` : ''
      findings.add('eventUnsealed', `The event should have been sealed, and is not${others}`, { streamId, version })
    }

    function check({ event, fault }: FeedEvent): void {
      const { id: streamId, version } = event.stream
      tally.unsealed++
      if (fault !== undefined) {
        findings.add('notAsWritten', `What is stored for the event is not what was written: ${fault}`, {
          streamId,
          version,
        })
      }
      if (event.metadata !== undefined) checkWriter(run, event, () => ({ streamId, version }))
      const succession = versions.add(streamId, version, marks)
      const isTombstone = event.eventType === TOMBSTONE
      if (isTombstone) erasures.ended(streamId, event.metadata?.recordedAt, false, succession?.skipped ?? 0)
      if (succession?.isAgain) {
        findings.add('leafDuplicate', 'The version was sealed before', { streamId, version })
      } else if (succession !== undefined && !isTombstone) {
        findings.add('versionGap', 'Versions before this one are not in the log', { streamId, version })
      }
    }

    function isOverdue({ event }: FeedEvent): boolean {
      return !isRecent(event.metadata?.recordedAt, endedAt - grace, clock.now())
    }
  }
}
