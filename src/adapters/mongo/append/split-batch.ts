import type { PendingAppend } from './pending-append.ts'

/** Two batches out of one. */
export type Parts = readonly [readonly PendingAppend[], readonly PendingAppend[]]

/**
 * Halves a batch so that the two have no stream in common.
 *
 * @param evenStreams whether the appends of one stream may be divided, too, the earlier ones first
 * @returns undefined if there is nothing to halve
 */
export function partsOf(group: readonly PendingAppend[], evenStreams: boolean): Parts | undefined {
  const streams = [...Map.groupBy(group, ({ item }) => item.streamId).values()]
  if (streams.length > 1) {
    const [first, second] = halves(streams)
    return [first.flat(), second.flat()]
  }
  return evenStreams && group.length > 1 ? halves(group) : undefined
}

function halves<T>(all: readonly T[]): readonly [readonly T[], readonly T[]] {
  const middle = Math.ceil(all.length / 2)
  return [all.slice(0, middle), all.slice(middle)]
}
