import { EventSchemaTooNew, UpcastFailed } from '../../core/errors/feed.ts'
import { HandlerFailed, NotParked } from '../../core/errors/view.ts'
import { eventReference } from '../../core/events/event-reference.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { parkedMark, type WaitingRef } from '../../projections/parking/parked-mark.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { listDropped } from '../parking/skipped-events.ts'
import { callerOf, type ReactionCall } from '../reactions/call-handler.ts'
import type { Pausing, Step, Work } from './drain-queue.ts'
import { waitingEvents } from './load-waiting-events.ts'
import { type EventRef, isRefOf } from './replay-view.ts'

/**
 * Returns the work of calling a reaction's handlers for a stream's pending events, with one save for each event, so
 * that a crash repeats at most one. If the destination is unavailable, it ends with `DestinationUnavailable`, which is
 * no attempt: everything is as after the last event that was handled.
 *
 * @param options.skip the first pending event, if it is to be dropped
 * @param options.dryRun whether to call nothing
 */
export function reactWaiting(
  storage: Pick<StoragePort, 'events' | 'writerSeal' | 'viewStore' | 'incarnation' | 'vault'>,
  reaction: Reaction,
  { skip, dryRun = false, ...pausing }: Pausing & { readonly skip?: EventRef; readonly dryRun?: boolean },
): Work {
  const caller = callerOf({ storage, clock: pausing.clock }, reaction)
  let begun = false
  // A conflicting save is retried, but the handler must not be called again for that.
  const called = new Map<number, Pick<Step, 'saved'>>()

  async function handle(call: ReactionCall): Promise<Pick<Step, 'saved'>> {
    const early = Promise.withResolvers<'acknowledged'>()
    const stored = Promise.withResolvers<void>()
    const handled = caller.one(call, () => {
      early.resolve('acknowledged')
      return stored.promise
    })
    const first = await Promise.race([handled, early.promise])
    if (first === 'acknowledged') {
      return {
        async saved() {
          stored.resolve()
          const { late } = await handled
          if (late) throw late
        },
      }
    }
    const { failed, away } = first
    for (const error of [away, failed[0]?.error]) if (error) throw error
    return {}
  }

  return async (view, refs) => {
    const ref = refs[0] as WaitingRef
    if (skip && !begun && !isRefOf(ref, skip)) {
      throw new NotParked(reaction.name, view.key, `is not parked at ${eventReference(skip.streamId, skip.version)}`)
    }
    begun = true
    const [, version, lsn, hash] = ref
    const changed = { data: view.data }
    const done = (folded: number): Step => ({ changed, done: 1, folded, dropped: 0, ...called.get(version) })
    const dropped = await listDropped(storage.viewStore, { projection: reaction.name, version: reaction.version })
    if ([...dropped, ...(skip ? [skip] : [])].some((event) => isRefOf(ref, event))) return { ...done(0), dropped: 1 }
    if (called.has(version)) return done(1)
    try {
      const waiting = await waitingEvents(storage, reaction, [ref], pausing).event(ref)
      if (waiting === undefined) return done(0)
      const attempt = (parkedMark(view)?.attempts ?? 0) + 1
      const call = { event: waiting.event, position: { lsn, hash }, attempt }
      called.set(version, dryRun ? {} : await handle(call))
      return done(1)
    } catch (error) {
      const known = [HandlerFailed, EventSchemaTooNew, UpcastFailed].some((kind) => error instanceof kind)
      if (!known) throw error
      return { changed, done: 0, folded: 0, dropped: 0, failure: { error } }
    }
  }
}
