import { backoffDelay } from '../../core/async/backoff.ts'
import { ProcessEnded } from '../../core/errors/reaction.ts'
import type { HandlerFailed } from '../../core/errors/view.ts'
import { comparePositions } from '../../core/positions/position.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import type { CallResult } from './call-handler.ts'
import { nextBatch, type Pending, untilNext } from './next-batch.ts'
import { acknowledge, call, callAlone, isParkedAt, judge, PAUSES, type ReactionWork } from './reaction-work.ts'

/**
 * Calls the handler for batches of events, one after another, in the order of the feed. An event that failed is tried
 * again after a delay, in which the later ones of its stream wait, and no others. A batch that failed as a whole is
 * tried again in halves.
 *
 * @param streams the events of each stream
 * @param options.waiting the streams that are parked are added
 * @param options.alone whether each event is handled alone, with its attempt recorded before
 * @returns how many events were acknowledged
 */
export async function reactInBatches(
  work: ReactionWork,
  streams: readonly (readonly FoldItem[])[],
  { waiting, alone }: { readonly waiting: Set<string>; readonly alone: boolean },
): Promise<number> {
  const { context, reaction, acknowledgements } = work
  const { clock, random, signal } = context
  const { attempts } = reaction.react
  const most = alone ? 1 : (reaction.react.batch?.most ?? 1)
  const items = streams.flat().toSorted((a, b) => comparePositions(a.position, b.position))
  let left = items.map((item): Pending => ({ ...item, attempt: acknowledgements.attempts(item) + 1, most, at: 0 }))
  let acknowledged = 0

  /** Unless as many attempts are recorded as an event gets: the process ended at the last. */
  async function handleAlone(item: Pending): Promise<CallResult<Pending, HandlerFailed | ProcessEnded>> {
    if (item.attempt <= attempts) return callAlone(work, item)
    item.attempt = attempts
    return { done: [], failed: [{ call: item, error: new ProcessEnded(reaction.name, item.event, attempts) }] }
  }

  async function handle(batch: readonly [Pending, ...Pending[]]): Promise<void> {
    const { done, failed, thrown } = await (alone ? handleAlone(batch[0]) : call(work, batch))
    for (const item of done) acknowledge(work, item)
    acknowledged += done.length
    const over = new Set(done)
    for (const { call: item, error } of failed) {
      const { streamId } = item.event
      const rest = left.filter((one) => one.event.streamId === streamId && !over.has(one))
      const verdict = await judge(work, item, rest as [Pending, ...Pending[]], error)
      if (verdict === 'parked') {
        waiting.add(streamId)
        for (const one of rest) over.add(one)
      } else if (verdict === 'again') {
        item.at = clock.now() + backoffDelay(item.attempt++, PAUSES, random)
      } else {
        over.add(item)
        if (verdict === 'acknowledged') acknowledge(work, item)
      }
    }
    if (thrown) for (const item of batch) item.most = Math.ceil(batch.length / 2)
    left = left.filter((item) => !over.has(item))
    await acknowledgements.flush()
  }

  for (;;) {
    signal?.throwIfAborted()
    // What another worker acknowledged, or is about to park, is learned from its saves.
    left = left.filter((item) => !acknowledgements.has(item) && !isParkedAt(work, item))
    const now = clock.now()
    const [first, ...others] = nextBatch(left, now)
    if (first) await handle([first, ...others])
    else if (left.length === 0) return acknowledged
    else await clock.sleep(untilNext(left, now), signal)
  }
}
