import type { CosmosRequest } from './message.ts'

/** What a page holds at most, in bytes. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024

const DEFAULT_COUNT = 100
const DYNAMIC_COUNT = 1_000

/** How many rows a page may have; -1 leaves it to the server. */
export function pageSize({ headers }: CosmosRequest): number {
  const asked = Number(headers['x-ms-max-item-count'] ?? DEFAULT_COUNT)
  if (asked === -1) return DYNAMIC_COUNT
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, DYNAMIC_COUNT) : DEFAULT_COUNT
}
