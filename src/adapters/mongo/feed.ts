import { FeedRangeGone, TidemarkAheadOfLog } from '../../core/errors/feed.ts'
import { containsInterval, sameInterval } from '../../core/hash-interval.ts'
import type { ChangeFeed, FeedRange, FeedStart } from '../../core/port/change-feed.ts'
import { decodeContinuation } from './continuation.ts'
import type { Handle } from './handle.ts'
import { lagBehind } from './sequence/lag.ts'
import { lsnBefore } from './sequence/lsn-before.ts'
import { readPage } from './sequence/page.ts'
import { type Sequenced, Sequencer } from './sequence/sequencer.ts'
import type { SlotPart } from './sequence/slot-part.ts'

// Batches of LSNs that asking for the lag gives at most; what is left is counted without.
const BATCHES_OF_LAG = 5

/** The change feed: a feed range is a slot, or a part of one, in the order of LSNs that reading gives. */
export function changeFeed(handle: Handle): ChangeFeed {
  const sequencer = new Sequencer(handle)
  const advance = (slot: number, signal?: AbortSignal) =>
    handle.run((attempt) => sequencer.advance(attempt, slot), signal)
  const advanceFully = async (slot: number, batches: number, signal?: AbortSignal): Promise<Sequenced> => {
    let sequenced = await advance(slot, signal)
    for (let i = 1; sequenced.more && i < batches; i++) sequenced = await advance(slot, signal)
    return sequenced
  }
  /** The LSN that reading begins behind, where that does not depend on what has no LSN yet. */
  const fixedStart = (range: FeedRange, from: FeedStart): number | undefined => {
    if (from === 'now' || from instanceof Date) return undefined
    return from === 'start' ? 0 : decodeContinuation(from, range, handle.incarnation)
  }
  const floatingStart = async (part: SlotPart, from: FeedStart, head: number, signal?: AbortSignal) =>
    from instanceof Date ? handle.run((attempt) => lsnBefore(handle, attempt, part.slot, head, from), signal) : head
  const assertInLog = async (slot: number, lsn: number, head: number) => {
    if (lsn <= head) return
    // A primary that was elected just now may not know yet what the one before it had promised.
    const newest = await handle.run(() =>
      handle.collections.slots.findOne({ _id: slot }, { readConcern: { level: 'linearizable' } }),
    )
    if (lsn > (newest?.counter ?? 0)) throw new TidemarkAheadOfLog('The continuation', lsn, newest?.counter ?? 0)
  }
  return {
    async ranges() {
      handle.assertOpen()
      return handle.ranges
    },
    async read(range, from, { limit = 1000, signal } = {}) {
      handle.assertOpen()
      signal?.throwIfAborted()
      const part = partOf(handle, range)
      const known = fixedStart(range, from)
      let sequenced = await (known === undefined
        ? advanceFully(part.slot, Number.POSITIVE_INFINITY, signal)
        : handle.run((attempt) => sequencer.look(attempt, part.slot), signal))
      const start = known ?? (await floatingStart(part, from, sequenced.head, signal))
      await assertInLog(part.slot, start, sequenced.head)
      // As long as there is a page of what has LSNs, the rest can wait for them.
      if (sequenced.more && sequenced.head - start < limit) sequenced = await advance(part.slot, signal)
      return handle.run((attempt) => readPage(handle, attempt, part, start, sequenced, limit), signal)
    },
    async lag(range, from) {
      handle.assertOpen()
      const part = partOf(handle, range)
      const known = fixedStart(range, from)
      const { head } = await advanceFully(part.slot, known === undefined ? Number.POSITIVE_INFINITY : BATCHES_OF_LAG)
      const start = known ?? (await floatingStart(part, from, head))
      await assertInLog(part.slot, start, head)
      return handle.run((attempt) => lagBehind(handle, attempt, part, start, head))
    },
    async changed(signal) {
      handle.assertOpen()
      await handle.watch.changed('events', signal)
    },
  }
}

function partOf({ ranges }: Handle, range: FeedRange): SlotPart {
  const slot = ranges.findIndex((whole) => containsInterval(whole, range))
  if (slot < 0) throw new FeedRangeGone(range)
  return { slot, range, isPart: !sameInterval(range, ranges[slot] as FeedRange) }
}
