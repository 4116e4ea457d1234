import { createBreather } from '../../core/async/breathe.ts'
import { limiter } from '../../core/async/limiter.ts'
import type { Clock } from '../../core/clock.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Projection } from '../../projections/projection.ts'
import { isReaction } from '../../reactions/reaction.ts'
import { createSkippedEvents } from '../parking/skipped-events.ts'
import { createDestination } from '../reactions/destination.ts'
import { createHandlerRetries } from './handler-retries.ts'
import type { PageContext, SharedState } from './page-context.ts'
import { createViewQueue } from './view-queue.ts'

/**
 * Creates the state that the pages of one processor share. @param concurrency the maximum number of concurrent saves
 */
export function createPageState(
  storage: Pick<StoragePort, 'viewStore'>,
  clock: Clock,
  concurrency: number,
  random: () => number,
): Pick<PageContext, 'viewQueue' | 'saves' | 'alone' | 'sharedBy' | 'breathe'> {
  const shared = new Map<Projection, SharedState>()
  const saves = limiter(concurrency)
  return {
    saves,
    alone: limiter(1),
    viewQueue: createViewQueue(saves),
    sharedBy(projection) {
      const known = shared.get(projection)
      if (known !== undefined) return known
      const made: SharedState = {
        retries: createHandlerRetries(clock),
        skipped: createSkippedEvents(storage, projection),
        destination: createDestination({ clock, random }, isReaction(projection) ? projection.react.concurrency : 1),
      }
      shared.set(projection, made)
      return made
    },
    breathe: createBreather(clock),
  }
}
