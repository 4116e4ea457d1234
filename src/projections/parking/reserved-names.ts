// The reserved projections under which the view store keeps what is known about a projection's failed events, each with
// the projection's own version. No projection can take such a name. One line for each, so that a version that is
// dropped takes all of it along.

/** One document for each view whose sequence is parked, its key the view's: a list to find them by, and no more. */
export const parkedOf = (projection: string): string => `$parked-${projection}`

/** Chunks of waiting events, where a view's own document has no room for them. */
export const waitingOf = (projection: string): string => `$waiting-${projection}`

/** Events that the projection skips by command. */
export const droppedOf = (projection: string): string => `$dropped-${projection}`

/** How far a reaction is within a page, one document for each range. */
export const progressOf = (reaction: string): string => `$progress-${reaction}`

/** All of them. */
export const reservedOf = (projection: string): readonly string[] => [
  parkedOf(projection),
  waitingOf(projection),
  droppedOf(projection),
  progressOf(projection),
]
