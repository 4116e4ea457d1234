import type { Clock } from '../../core/clock.ts'
import { containsHash, sameInterval } from '../../core/hash-interval.ts'
import { type LeaseDocument, leaseId } from '../../core/port/lease-store.ts'
import type { Processor } from '../../processor/processor.ts'
import type { RangeStatus } from '../../processor/status.ts'
import { parkedMark } from '../../projections/parking/mark.ts'
import { parkedViews, type StoredState } from './checks.ts'
import { simulatedProjections } from './projections.ts'

/** A worker that can be asked. */
export type Asked = {
  readonly actor: { readonly name: string }
  readonly clock: Clock
  readonly processor?: Processor
}

/**
 * What is wrong with what the workers say of themselves once everything was read: that they still work, fail or are
 * behind, or that a range is not claimed by exactly one of them, the one to whom its lease belongs and will for a while.
 */
export async function wrongStatus(
  stored: () => StoredState | Promise<StoredState>,
  running: readonly Asked[],
): Promise<string[]> {
  const told = await Promise.all(
    running.map(async (worker) => ({ worker, ranges: (await worker.processor?.status())?.ranges ?? [] })),
  )
  const wrong: string[] = []
  const state = await stored()
  const parked = parkedViews(state.views)
  for (const range of state.ranges) {
    for (const { name, version } of simulatedProjections) {
      const isThis = (one: RangeStatus) => one.projection === name && sameInterval(one.range, range)
      const where = `${name} on ${range.min}-${range.max}`
      const claims = told.flatMap(({ worker, ranges }) =>
        ranges.filter((one) => isThis(one) && one.owner === worker.actor.name).map((one) => ({ worker, ...one })),
      )
      const waiting = parked.filter(
        (view) => view.projection === name && containsHash(range, parkedMark(view)?.event.hash ?? ''),
      ).length
      for (const { worker, state, behind, parked: told } of claims) {
        const says = `${worker.actor.name} says of ${where}`
        if (state !== (waiting > 0 ? 'parked' : 'idle') || behind !== 0)
          wrong.push(`${says}: ${state}, ${behind} behind`)
        if (told !== waiting) wrong.push(`${says}: ${told} parked, which are ${waiting}`)
      }
      const [claim] = claims
      if (claim === undefined || claims.length > 1) {
        const names = claims.map(({ worker }) => worker.actor.name).join(' and ')
        wrong.push(`${where} is claimed by ${names || 'nobody'}`)
        continue
      }
      const { owner, expiresAt }: Partial<LeaseDocument> = state.lease(leaseId(name, version, range)) ?? {}
      const { actor, clock } = claim.worker
      if (owner !== actor.name) wrong.push(`${actor.name} claims ${where}, whose lease belongs to ${owner}`)
      const left = Math.min(expiresAt ?? 0, Date.parse(claim.leaseExpires ?? '')) - clock.now()
      if (!(left > 0)) wrong.push(`the lease of ${where} lapsed ${-left} ms ago, and ${owner} claims it`)
    }
  }
  return wrong
}
