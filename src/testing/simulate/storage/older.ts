import type { FeedPage, FeedRange, FeedStart } from '../../../core/port/change-feed.ts'

/** The continuations that a process was given, to read from one of them again. */
export function createOlder() {
  const given = new Map<string, Map<FeedStart, number>>()
  const of = (range: FeedRange) => given.get(nameOf(range)) ?? new Map<FeedStart, number>()
  return {
    remember: (range: FeedRange, { continuation, readTo }: FeedPage) =>
      given.set(nameOf(range), of(range).set(continuation, readTo)),
    than(range: FeedRange, from: FeedStart): readonly FeedStart[] {
      const places = of(range)
      const limit = places.get(from) ?? 0
      return [...places].filter(([, readTo]) => readTo <= limit).map(([continuation]) => continuation)
    },
  }
}

const nameOf = ({ min, max }: FeedRange): string => `${min}-${max}`
