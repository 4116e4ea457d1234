import { contextOf } from '../../aggregates/create-context.ts'
import type { Context } from '../../aggregates/state/context.ts'
import type { RuleStorage } from '../definition/rule.ts'
import type { SubjectState } from './subject.ts'
import { type Folded, subjectAggregate } from './subject-aggregate.ts'

/** What loading subjects needs, with the states that are cached in memory. */
export type SubjectContext = Context<SubjectState, Folded>

const contexts = new WeakMap<RuleStorage, SubjectContext>()

// The stream of a subject also has its stores, so it may become long.
const SNAPSHOT_EVERY = 500

/**
 * The context of a storage. All rules of a process share it, because several of them may write to one subject, and each
 * would have to read what the others wrote.
 */
export function subjectContextOf(storage: RuleStorage): SubjectContext {
  const known = contexts.get(storage)
  if (known) return known
  const context = contextOf(storage, subjectAggregate, { snapshots: { every: SNAPSHOT_EVERY } })
  contexts.set(storage, context)
  return context
}
