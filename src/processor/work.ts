import { type FeedConsumer, isFeedConsumer } from '../core/feed/consumer.ts'
import type { Projection } from '../projections/projection.ts'

/** What a processor runs: a projection, a reaction, or a consumer of the feed. */
export type Work = Projection | FeedConsumer

/** Whether it is a projection or a reaction. */
export const isProjection = (work: Work): work is Projection => !isFeedConsumer(work)
