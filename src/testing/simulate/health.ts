import { sameInterval } from '../../core/hash-interval.ts'
import type { RangeStatus } from '../../processor/status.ts'
import { simulatedProjections } from './projections.ts'
import type { Worker } from './workers.ts'
import type { World } from './world.ts'

/**
 * What is wrong with what the workers say of themselves once everything was read: that they still work, fail or are
 * behind, or that nobody speaks of some range.
 */
export async function wrongStatus({ db }: World, running: readonly Worker[]): Promise<string[]> {
  const wrong: string[] = []
  const told: RangeStatus[] = []
  for (const { actor, processor } of running) {
    const status = await processor?.status()
    for (const range of status?.ranges ?? []) {
      told.push(range)
      const { projection, owner, state, behind } = range
      if (owner !== actor.name || (state === 'idle' && behind === 0)) continue
      wrong.push(
        `${actor.name} says of ${projection} on ${range.range.min}-${range.range.max}: ${state}, ${behind} behind`,
      )
    }
  }
  for (const range of db.state.ranges) {
    for (const { name } of simulatedProjections) {
      if (told.some((one) => one.projection === name && one.owner !== null && sameInterval(one.range, range))) continue
      wrong.push(`no worker says that it has ${name} on ${range.min}-${range.max}`)
    }
  }
  return wrong
}
