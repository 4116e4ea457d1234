import type { FeedRange } from '../../../core/port/change-feed.ts'
import { containsInterval, type HashInterval } from '../../../core/positions/hash-interval.ts'
import type { Operation, Steps } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import { loadPartitions } from '../partitions/load-partitions.ts'
import { changeStorageDocument } from '../setup/storage-document.ts'
import { assertSameContainer } from './same-container.ts'

/** The feed ranges: the physical partitions, divided at every boundary that was ever seen. */
export type Ranges = {
  /**
   * The ranges, at most some seconds old: every worker asks each second, and reading a range that was split detects it
   * at once. A new boundary is stored before its ranges are returned.
   *
   * @throws IncarnationMismatch if the container was replaced
   */
  now(step: Steps): Promise<readonly FeedRange[]>
  /** Stores the boundaries of partitions, so that no merge can hide them. */
  cut(operation: Operation, begins: readonly string[]): Promise<void>
  /** Whether a range is in one of those that were last returned. */
  has(step: Steps, range: HashInterval): Promise<boolean>
}

// Milliseconds for which the ranges are returned again without asking the database.
const KEPT = 10_000

/** Creates the object that knows the feed ranges. */
export function feedRanges(handle: Handle): Ranges {
  const { containers, timing } = handle
  const { events, leases } = containers
  let known: { readonly ranges: readonly FeedRange[]; readonly at: number } | undefined

  async function cut(operation: Operation, begins: readonly string[]): Promise<readonly FeedRange[]> {
    const at = timing.now()
    const { cuts } = await changeStorageDocument(operation, leases, (document) => {
      const all = joinCuts(document.cuts, begins)
      return all.length === document.cuts.length ? document : { ...document, cuts: all }
    })
    known = { ranges: rangesBetween(cuts), at }
    return known.ranges
  }

  const ask = async (operation: Operation): Promise<readonly FeedRange[]> => {
    const partitions = await loadPartitions(operation, events)
    await assertSameContainer(operation, handle, events.partitions.rid)
    return cut(
      operation,
      partitions.map(({ min }) => min),
    )
  }

  return {
    async now(step) {
      const age = known === undefined ? KEPT : timing.now() - known.at
      return known !== undefined && age >= 0 && age < KEPT ? known.ranges : step(ask)
    },
    async cut(operation, begins) {
      await cut(operation, begins)
    },
    async has(step, range) {
      const ranges = known?.ranges ?? (await step(ask))
      return ranges.some((there) => containsInterval(there, range))
    },
  }
}

/** Merges boundaries with further ones, in order, each once; the start of the hash space is not a boundary. */
export const joinCuts = (cuts: readonly string[], more: readonly string[]): readonly string[] =>
  [...new Set([...cuts, ...more])].filter((hash) => hash !== '').sort()

/** The ranges between boundaries, which are in order. */
export function rangesBetween(cuts: readonly string[]): readonly FeedRange[] {
  const edges = ['', ...cuts, 'FF']
  return edges.slice(1).map((max, i) => ({ min: edges[i] as string, max }))
}
