import type { FeedPage, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'

/** The continuations that a process received, to read from one of them again. */
export function createOlder() {
  const given = new Map<string, Map<FeedStart, number>>()
  const of = (range: FeedRange) => given.get(nameOf(range)) ?? new Map<FeedStart, number>()
  return {
    remember: (range: FeedRange, { continuation, readTo }: FeedPage) =>
      given.set(nameOf(range), of(range).set(continuation, readTo)),
    /** Those before one, the start included; none if reading begins at the end, or before `least`. */
    than(range: FeedRange, from: FeedStart, least = 0): readonly FeedStart[] {
      if (from === 'now') return []
      const places = of(range)
      const limit = places.get(from) ?? 0
      const found = [...places].filter(([, readTo]) => readTo >= least && readTo <= limit)
      return [...(least === 0 ? ['start' as const] : []), ...found.map(([continuation]) => continuation)]
    },
  }
}

const nameOf = ({ min, max }: FeedRange): string => `${min}-${max}`
