import type { LeaseManager } from '../lease-manager.ts'
import type { KnownProgress } from './watch-versions.ts'

/**
 * What a worker knows about versions from its own range workers, and from what other workers stored in their leases.
 */
export function knownProgress({ table, rangeWorkers }: Pick<LeaseManager, 'table' | 'rangeWorkers'>): KnownProgress {
  const entriesOf = ({ name, version }: Parameters<KnownProgress['behind']>[0]) =>
    table.entries.filter(({ projection }) => projection.name === name && projection.version === version)
  return {
    leads: (version) => entriesOf(version).some(({ id, range }) => range.min === '' && rangeWorkers.has(id)),
    behind(version) {
      let sum = 0
      for (const { id, document } of entriesOf(version)) {
        // It cannot catch up, so no progress is reported and no switch attempted.
        if (table.pausedSince(version.name, version.version) !== null) return null
        const behind = rangeWorkers.get(id)?.progress.lag.behind ?? document.behind
        if (typeof behind !== 'number') return null
        sum += behind
      }
      return sum
    },
  }
}
