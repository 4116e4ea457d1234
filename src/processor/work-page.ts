import type { FeedPage, FeedRange } from '../core/port/change-feed.ts'
import type { Projection } from '../projections/projection.ts'
import { isReaction } from '../reactions/reaction.ts'
import { foldPage } from './page.ts'
import type { PageContext } from './page-context.ts'
import { reactPage } from './reactions/react-page.ts'

/** Does with a page what is to be done with it: folds it into views, or calls a reaction's handlers. */
export const workPage = (
  context: PageContext,
  projection: Projection,
  range: FeedRange,
  page: FeedPage,
  onSaving?: () => void,
): Promise<number> =>
  isReaction(projection)
    ? reactPage(context, projection, range, page, onSaving)
    : foldPage(context, projection, range, page, onSaving)
