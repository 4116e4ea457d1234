import type { RangeContext } from '../ranges/range-context.ts'
import type { RangeWorker } from '../ranges/range-worker.ts'
import type { Work } from '../work.ts'
import type { LeaseTable } from './lease-table.ts'
import { versionKey } from './worker-registry.ts'

/**
 * Watches what operators pause and resume.
 *
 * @returns what tells range workers, and `onNotice`, what was paused and resumed since it was called before
 */
export function watchPauses(
  work: readonly Work[],
  table: Pick<LeaseTable, 'pausedSince'>,
  onNotice: RangeContext['onNotice'],
): (rangeWorkers: Iterable<Pick<RangeWorker, 'projection' | 'setPaused'>>) => void {
  // Since when what is paused is.
  const paused = new Map<string, string>()
  return (rangeWorkers) => {
    for (const { name, version } of work) {
      const key = versionKey({ name, version })
      const [before, since] = [paused.get(key) ?? null, table.pausedSince(name, version)]
      if (since !== null) paused.set(key, since)
      else paused.delete(key)
      if ((since === null) === (before === null)) continue
      const kind = since === null ? 'resumed' : 'paused'
      onNotice({ kind, projection: name, version, since: (since ?? before) as string })
    }
    for (const { projection, setPaused } of rangeWorkers) setPaused(paused.has(versionKey(projection)))
  }
}
