/** The most rows of a page that ends early. */
const MOST_ROWS = 100

/** Gives at most how many rows a page holds that may hold `size`; `undefined` when it does not end early. */
export type PageLimit = (size: number) => number | undefined

/**
 * Draws where pages end early: after few rows more often than after many.
 *
 * @param likelihood how likely a page does, 0 to 1
 */
export function earlyEnds(likelihood: number, random: () => number): PageLimit {
  if (likelihood === 0) return () => undefined
  return (size) => (random() < likelihood ? Math.floor((Math.min(size, MOST_ROWS) + 2) ** random()) - 1 : undefined)
}
