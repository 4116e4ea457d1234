import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { Difference, TriedEvent, Would, Writes } from './tried-event.ts'

/** How what a rule would do differs from what it did. */
export function differenceOf(would: Would, happened: TriedEvent['happened']): Difference | null {
  switch (would.outcome) {
    case 'fired':
      if (happened?.outcome !== 'fired') return 'fires'
      return writesOf(would) === writesOf(happened) ? null : 'writes'
    case 'blocked':
      if (happened === null) return null
      if (happened.outcome === 'fired') return 'blocks'
      return would.blockedBy === happened.blockedBy ? null : 'check'
    case 'failed':
      return 'fails'
    case 'subjectDeleted':
      return null
  }
}

// In what is stored, members may be in another order. What a property was before is no writing of the rule.
const writesOf = ({ changes, emitted, entries }: Writes): string =>
  canonicalJson({ changes: changes.map(({ old: _, ...change }) => change), emitted, entries } as unknown as JsonObject)
