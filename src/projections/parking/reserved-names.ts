// The reserved projections under which the view store keeps the state of a projection's failed events, each with the
// projection's own version. No projection can take such a name. List every name here, so that dropping a version
// removes all of it.

/**
 * One document for each view whose sequence is parked, with the view's key: an index to find them by, and nothing more.
 */
export const parkedOf = (projection: string): string => `$parked-${projection}`

/** Chunks of pending events that do not fit into the view's own document. */
export const waitingOf = (projection: string): string => `$waiting-${projection}`

/** Events that the projection skips by command. */
export const droppedOf = (projection: string): string => `$dropped-${projection}`

/** How far a reaction has got within a page, one document for each range. */
export const progressOf = (reaction: string): string => `$progress-${reaction}`

/** All of them. */
export const reservedOf = (projection: string): readonly string[] => [
  parkedOf(projection),
  waitingOf(projection),
  droppedOf(projection),
  progressOf(projection),
]
