import type { FeedEvent, FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import type { Projection } from '../../projections/projection.ts'
import { isReaction } from '../../reactions/reaction.ts'
import { attributesOf, type PageContext } from '../pages/page-context.ts'
import { projectPage } from '../pages/project-page.ts'
import { type Acknowledgements, openAcknowledgements } from '../reactions/acknowledgements.ts'
import type { InFlight } from '../reactions/in-flight.ts'
import { reactPage } from '../reactions/react-page.ts'
import { isProjection, type Work } from '../work.ts'
import type { RangeContext } from './range-context.ts'

/**
 * Processes the pages of one range, one after another: updates views, calls a reaction's handlers, or hands them to a
 * consumer.
 *
 * @param onSaving called once when the page's last saves are under way
 * @returns how many events were folded or acknowledged
 */
export type PageConsumer = (page: FeedPage, onSaving: () => void) => Promise<number>

/**
 * Creates what processes the pages of a range for a projection, a reaction or a consumer, for as long as its lease is
 * valid.
 *
 * @param options.wider the ranges that this one was split from
 * @param options.inFlight what may have been in flight in the process of the previous owner
 */
export function createPageConsumer(
  context: PageContext & Pick<RangeContext, 'consumerOf' | 'signal'>,
  work: Work,
  range: FeedRange,
  { wider, inFlight }: { readonly wider: readonly FeedRange[]; readonly inFlight: InFlight },
): PageConsumer {
  const name = !isProjection(work) ? 'tidemark.consume' : isReaction(work) ? 'tidemark.react' : 'tidemark.project'
  let acknowledgements: Acknowledgements | undefined

  async function consume(page: FeedPage, onSaving: () => void): Promise<number> {
    if (!isProjection(work)) {
      setImmediate(onSaving)
      return context.consumerOf(work).consume(range, page, context.signal)
    }
    if (!isReaction(work)) return projectPage(context, work, range, page, onSaving)
    acknowledgements ??= await openAcknowledgements(context.storage, work, range, wider)
    try {
      return await reactPage({ context, reaction: work, range, acknowledgements, inFlight }, page, onSaving)
    } catch (error) {
      // The stored state is read again, because a save may have failed.
      acknowledgements = undefined
      throw error
    }
  }

  return (page, onSaving) => {
    const attributes = {
      ...attributesOf(work),
      'tidemark.range': intervalText(range),
      'tidemark.events': page.events.length,
    }
    const origins = isProjection(work) ? originsOf(work, page.events) : []
    return context.telemetry.span({ name, kind: 'consumer', attributes, origins }, () => consume(page, onSaving))
  }
}

// No one follows every link of a page with thousands of events.
const MOST_ORIGINS = 32

/** The spans that appended the first events of a page that a projection has handlers for, each once. */
function originsOf(projection: Projection, events: readonly FeedEvent[]): string[] {
  const origins = new Set<string>()
  for (const { event } of events) {
    if (!Object.hasOwn(projection.events.definitions, event.eventType)) continue
    const { traceparent } = event.metadata
    if (typeof traceparent === 'string') origins.add(traceparent)
    if (origins.size === MOST_ORIGINS) break
  }
  return [...origins]
}
