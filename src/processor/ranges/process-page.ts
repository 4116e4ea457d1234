import type { FeedEvent, FeedPage, FeedRange } from '../../core/port/change-feed.ts'
import { intervalText } from '../../core/positions/hash-interval.ts'
import type { Projection } from '../../projections/projection.ts'
import { isReaction } from '../../reactions/reaction.ts'
import { attributesOf, type PageContext } from '../pages/page-context.ts'
import { projectPage } from '../pages/project-page.ts'
import { type Acknowledgements, openAcknowledgements } from '../reactions/acknowledgements.ts'
import { reactPage } from '../reactions/react-page.ts'

/**
 * Processes the pages of one range, one after another: updates views, or calls a reaction's handlers.
 *
 * @param onSaving called once when the page's last saves are under way
 * @returns how many events were folded or acknowledged
 */
export type PageConsumer = (page: FeedPage, onSaving: () => void) => Promise<number>

/**
 * Creates the consumer of a range for one projection or reaction, for as long as its lease is valid.
 *
 * @param wider the ranges that this one was split from
 */
export function createPageConsumer(
  context: PageContext,
  projection: Projection,
  range: FeedRange,
  wider: readonly FeedRange[],
): PageConsumer {
  const isReacting = isReaction(projection)
  const name = isReacting ? 'tidemark.react' : 'tidemark.project'
  let acknowledgements: Acknowledgements | undefined

  async function consume(page: FeedPage, onSaving: () => void): Promise<number> {
    if (!isReacting) return projectPage(context, projection, range, page, onSaving)
    acknowledgements ??= await openAcknowledgements(context.storage, projection, range, wider)
    try {
      return await reactPage({ context, reaction: projection, range, acknowledgements }, page, onSaving)
    } catch (error) {
      // The stored state is read again, because a save may have failed.
      acknowledgements = undefined
      throw error
    }
  }

  return (page, onSaving) => {
    const attributes = {
      ...attributesOf(projection),
      'tidemark.range': intervalText(range),
      'tidemark.events': page.events.length,
    }
    const origins = originsOf(projection, page.events)
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
