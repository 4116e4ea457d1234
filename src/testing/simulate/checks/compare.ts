import type { FoldedEvent } from '../../../projections/projection.ts'
import type { Record, SimulatedData } from '../workload/projections.ts'

/** What a comparison needs to know about the log. */
export type Truth = {
  readonly streams: ReadonlyMap<string, readonly FoldedEvent[]>
  isErased(streamId: string, version: number): boolean
}

/**
 * How a view differs from the plain fold: events that were folded twice, never, out of order, or that do not concern
 * it. Empty if it does not.
 */
export function differences(actual: Record | null, expected: Record | null, truth: Truth): string[] {
  const found: string[] = []
  const streams = new Set([...Object.keys(actual?.seen ?? {}), ...Object.keys(expected?.seen ?? {})])
  let total = 0
  for (const stream of streams) {
    const seen = actual?.seen[stream] ?? []
    total += seen.reduce((sum, version) => sum + amountOf(truth.streams.get(stream)?.[version - 1]), 0)
    found.push(...differencesOf(stream, seen, expected?.seen[stream] ?? [], truth))
  }
  if (found.length === 0 && actual && actual.total !== total) found.push(`total ${actual.total} instead of ${total}`)
  return found
}

function differencesOf(stream: string, seen: readonly number[], expected: readonly number[], truth: Truth): string[] {
  const found: string[] = []
  const times = Map.groupBy(seen, (version) => version)
  for (const [version, each] of times) {
    if (each.length > 1) found.push(`${stream}@${version} folded ${each.length} times`)
    if (!expected.includes(version)) found.push(`${stream}@${version} folded, although it does not concern the view`)
  }
  for (const version of expected) {
    if (!times.has(version) && !truth.isErased(stream, version)) found.push(`${stream}@${version} lost`)
  }
  if (seen.some((version, i) => version < (seen[i - 1] ?? 0))) found.push(`${stream} out of order: ${seen.join(' ')}`)
  return found
}

function amountOf(event: FoldedEvent | undefined): number {
  return event && 'data' in event ? (event.data as SimulatedData).amount : 0
}
