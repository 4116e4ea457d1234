import type { Operations } from '../../../operations/model/operations.ts'
import type { ObservedVersion } from '../../../operations/model/snapshot.ts'
import type { DomainRuleRow, Topics } from '../../contract/topics.ts'
import type { Foldable } from '../../server/folding.ts'
import type { TopicSource } from '../topic-source.ts'
import { byKey } from './lists.ts'
import { worstOf } from './projections.ts'

/**
 * The rules and their effects, and how far workers are with them.
 *
 * @param loaded what this dashboard has the code of: the storage does not tell a rule from another reaction
 */
export function domainRules(
  operations: Pick<Operations, 'snapshot'>,
  loaded: () => readonly Foldable[],
): TopicSource<'domainRules'> {
  return {
    on: ['snapshot'],
    rows(): Topics['domainRules'] | undefined {
      const snapshot = operations.snapshot()
      if (snapshot === null) return undefined
      const { versions } = snapshot
      const rows = loaded().flatMap(({ name, rule }): DomainRuleRow[] => {
        if (rule === undefined) return []
        return [{ name, ...rule, ...progressOf(versions, name) }]
      })
      return byKey(rows, ({ name, version }) => `${name}:${version}`)
    },
  }
}

type Progress = Pick<DomainRuleRow, 'projection' | 'projectionVersion' | 'behind' | 'parked' | 'state'>

/** Without versions, nothing is known. */
function progressOf(versions: readonly ObservedVersion[] | null, name: string): Progress {
  const found = versions?.find(({ projection }) => projection === name)
  if (found === undefined) {
    return { projection: null, behind: null, parked: null, state: versions === null ? null : 'not started' }
  }
  const { version, behind, parked, paused, ranges } = found
  const state = worstOf(ranges)?.state ?? 'idle'
  return {
    ...{ projection: name, projectionVersion: version, behind, parked },
    state: paused === null || parked > 0 ? state : 'paused',
  }
}
