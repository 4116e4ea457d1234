import { GroupMismatch } from '../../core/errors/messaging.ts'
import { isSameCode } from '../../core/leases/groups.ts'
import { isReaction, type Reaction } from '../../reactions/reaction.ts'
import type { FailurePlace } from '../ranges/range-context.ts'
import { isProjection, type Work } from '../work.ts'
import type { LeaseTable } from './lease-table.ts'

/** The groups of this worker that run other code by now, so that it must not have their leases. */
export type ReplacedGroups = {
  /** Compares again, after the table was updated, and reports what was replaced since. */
  check(): void
  has(name: string): boolean
}

/** Watches the table for groups whose code was replaced. */
export function watchGroups(
  projections: readonly Work[],
  table: Pick<LeaseTable, 'codeOf'>,
  failed: (failure: GroupMismatch, where: FailurePlace) => void,
): ReplacedGroups {
  const groups = projections.filter((work): work is Reaction => isProjection(work) && isReaction(work) && !!work.group)
  const replaced = new Set<string>()
  return {
    check() {
      for (const { name, group } of groups) {
        const running = table.codeOf(name)
        if (running === undefined || group === undefined || isSameCode(running, group)) replaced.delete(name)
        else if (!replaced.has(name)) {
          replaced.add(name)
          failed(new GroupMismatch(name, running, group), { projection: name })
        }
      }
    },
    has: (name) => replaced.has(name),
  }
}
