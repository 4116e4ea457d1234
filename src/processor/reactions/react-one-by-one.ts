import { backoffDelay } from '../../core/async/backoff.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { acknowledge, call, isParkedAt, judge, PAUSES, type ReactionWork, type Verdict } from './reaction-work.ts'

/**
 * Calls the handlers for events one by one: streams concurrently, the events of one stream one after another.
 *
 * @param streams the events of each stream
 * @param options.waiting the streams that are parked are added
 * @returns how many events were acknowledged
 * @throws the first failure, once all streams have ended
 */
export async function reactOneByOne(
  work: ReactionWork,
  streams: readonly (readonly FoldItem[])[],
  { waiting }: { readonly waiting: Set<string> },
): Promise<number> {
  const outcomes = await Promise.allSettled(streams.map((items) => reactToStream(work, items, waiting)))
  let acknowledged = 0
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason
    acknowledged += outcome.value
  }
  return acknowledged
}

async function reactToStream(work: ReactionWork, items: readonly FoldItem[], waiting: Set<string>): Promise<number> {
  let acknowledged = 0
  for (const [index, item] of items.entries()) {
    // Another worker is about to park the stream there.
    if (isParkedAt(work, item)) break
    if (work.acknowledgements.has(item)) continue
    const verdict = await callUntilDone(work, item, items.slice(index) as [FoldItem, ...FoldItem[]])
    if (verdict === 'parked') {
      waiting.add(item.event.streamId)
      break
    }
    if (verdict === 'done') continue
    acknowledge(work, item)
    acknowledged++
  }
  return acknowledged
}

async function callUntilDone(
  work: ReactionWork,
  item: FoldItem,
  rest: readonly [FoldItem, ...FoldItem[]],
): Promise<Verdict> {
  const { clock, random, signal } = work.context
  for (let attempt = 1; ; ) {
    const now = { ...item, attempt }
    const { done, failed } = await call(work, [now])
    if (done.length > 0) return 'acknowledged'
    const [failure] = failed
    // The destination is unavailable.
    if (failure === undefined) continue
    const verdict = await judge(work, now, rest, failure.error)
    if (verdict !== 'again') return verdict
    await clock.sleep(backoffDelay(attempt, PAUSES, random), signal)
    signal?.throwIfAborted()
    attempt++
  }
}
