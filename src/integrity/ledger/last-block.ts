import type { Documents } from './documents.ts'

/**
 * The number of the last block. It looks at points only, further and further from one that exists, because a query would
 * need an index.
 *
 * @param known a number that exists, or -1
 */
export async function lastOf(chain: Pick<Documents, 'has'>, known: number): Promise<number> {
  let low = known
  let high = low + 1
  for (let step = 1; await chain.has(high); step *= 2) {
    low = high
    high += step
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await chain.has(middle)) low = middle
    else high = middle
  }
  return low
}
