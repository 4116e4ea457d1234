import type { FeedEvent, FeedPage, FeedRange } from '../core/port/change-feed.ts'
import type { Projection } from '../projections/projection.ts'
import { isReaction } from '../reactions/reaction.ts'
import { foldPage } from './page.ts'
import { attributesOf, type PageContext } from './page-context.ts'
import { reactPage } from './reactions/react-page.ts'

/** Does with a page what is to be done with it: folds it into views, or calls a reaction's handlers; in one span. */
export function workPage(
  context: PageContext,
  projection: Projection,
  range: FeedRange,
  page: FeedPage,
  onSaving?: () => void,
): Promise<number> {
  const work = isReaction(projection)
    ? () => reactPage(context, projection, range, page, onSaving)
    : () => foldPage(context, projection, range, page, onSaving)
  const attributes = {
    ...attributesOf(projection),
    'tidemark.range': `${range.min}-${range.max}`,
    'tidemark.events': page.events.length,
  }
  const name = isReaction(projection) ? 'tidemark.react' : 'tidemark.project'
  return context.telemetry.span(
    { name, kind: 'consumer', attributes, origins: originsOf(projection, page.events) },
    work,
  )
}

// Of a page of thousands of events nobody follows every link.
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
