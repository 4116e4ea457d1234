import { InvalidOption } from '../../core/errors/input.ts'

const MOST = 200

/** How many rows a page has: 50 by default, at most 200. @throws InvalidOption */
export function pageLimit(limit = 50): number {
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= MOST) return limit
  throw new InvalidOption('limit', `a whole number from 1 to ${MOST}`, limit)
}
