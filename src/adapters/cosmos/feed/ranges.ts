import { containsInterval, type HashInterval } from '../../../core/hash-interval.ts'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { Operation } from '../client/request.ts'
import type { Handle } from '../handle.ts'
import { readPartitions } from '../partitions.ts'
import { changeStorageDocument } from '../storage-document.ts'
import type { Steps } from './steps.ts'

/** The feed ranges: the physical partitions, cut wherever one was ever seen to begin. */
export type Ranges = {
  /** Asks the database. What was not known as a cut yet is stored before it is told. */
  now(operation: Operation): Promise<readonly FeedRange[]>
  /** Stores where partitions were seen to begin, so that no merge can hide it; answers the ranges of now. */
  cut(operation: Operation, begins: readonly string[]): Promise<readonly FeedRange[]>
  /** Whether a range lies in one of those that were told last. */
  has(step: Steps, range: HashInterval): Promise<boolean>
}

/** Makes what knows the feed ranges. */
export function feedRanges(handle: Handle): Ranges {
  const { events, leases } = handle.containers
  let known: readonly FeedRange[] | undefined

  async function cut(operation: Operation, begins: readonly string[]): Promise<readonly FeedRange[]> {
    const { cuts } = await changeStorageDocument(operation, leases, (document) => {
      const all = joinCuts(document.cuts, begins)
      return all.length === document.cuts.length ? document : { ...document, cuts: all }
    })
    known = rangesBetween(cuts)
    return known
  }

  async function now(operation: Operation): Promise<readonly FeedRange[]> {
    const partitions = await readPartitions(operation, events)
    const begins = partitions.map(({ min }) => min)
    return cut(operation, begins)
  }

  return {
    now,
    cut,
    async has(step, range) {
      known ??= await step(now)
      return known.some((there) => containsInterval(there, range))
    },
  }
}

/** Cuts and further ones, in order, each once; where the hash space begins is none. */
export const joinCuts = (cuts: readonly string[], more: readonly string[]): readonly string[] =>
  [...new Set([...cuts, ...more])].filter((hash) => hash !== '').sort()

/** The ranges between cuts, which are in order. */
export function rangesBetween(cuts: readonly string[]): readonly FeedRange[] {
  const edges = ['', ...cuts, 'FF']
  return edges.slice(1).map((max, i) => ({ min: edges[i] as string, max }))
}
