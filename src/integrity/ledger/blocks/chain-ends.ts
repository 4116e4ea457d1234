import { containsInterval, type HashInterval, sameInterval } from '../../../core/positions/hash-interval.ts'
import type { Block, ChainEnd } from './block.ts'

/** The end that a part of a range continues from: that of the narrowest range which contains it, if there is one. */
export function endOf(ends: readonly ChainEnd[], range: HashInterval): ChainEnd | undefined {
  let found: ChainEnd | undefined
  for (const end of ends) {
    if (containsInterval(end.range, range) && (!found || containsInterval(found.range, end.range))) found = end
  }
  return found
}

/** Whether parts of a range were sealed after it was split. What was read of it as a whole is then of no use. */
export const isSplit = (ends: readonly ChainEnd[], range: HashInterval): boolean =>
  ends.some((end) => containsInterval(range, end.range) && !sameInterval(range, end.range))

/**
 * The ends of the chain after a block. The end of a range that was split stays until its parts have ends of their own
 * everywhere.
 */
export function advanceEnds(ends: readonly ChainEnd[], { header, body }: Block): readonly ChainEnd[] {
  if (header.parts.length === 0) return ends
  const moved = header.parts.map(
    ({ range, to }, part): ChainEnd => ({
      range,
      after: { block: header.n, part },
      to,
      continuation: body.continuations[part] as string,
    }),
  )
  const kept = ends.filter(({ range }) => !moved.some((one) => sameInterval(one.range, range)))
  const all = [...kept, ...moved].sort(byInterval)
  return all.filter((end) => !isCovered(end.range, all))
}

/** Whether narrower ranges cover a range. The list is in order. */
function isCovered(range: HashInterval, all: readonly ChainEnd[]): boolean {
  let reached = range.min
  for (const { range: part } of all) {
    if (reached >= range.max || part.min > reached) break
    const isNarrower = containsInterval(range, part) && !sameInterval(range, part)
    if (isNarrower && part.max > reached) reached = part.max
  }
  return reached >= range.max
}

const byInterval = ({ range: a }: ChainEnd, { range: b }: ChainEnd): number =>
  a.min < b.min ? -1 : a.min > b.min ? 1 : a.max < b.max ? -1 : a.max > b.max ? 1 : 0
