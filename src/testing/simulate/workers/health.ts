import type { Clock } from '../../../core/clock.ts'
import { WORKERS } from '../../../core/leases/lease-owner.ts'
import { type LeaseDocument, leaseId } from '../../../core/port/lease-store.ts'
import { sameInterval } from '../../../core/positions/hash-interval.ts'
import type { Processor } from '../../../processor/processor.ts'
import type { RangeStatus } from '../../../processor/status/status.ts'
import { type Leased, parkedViews, type StoredState } from '../checks/checks.ts'
import { simulatedProjections } from '../workload/projections.ts'

/** A worker whose status can be requested. */
export type Asked = {
  readonly actor: { readonly name: string }
  /** The name under which it owns its leases; absent: that of the actor. */
  readonly id?: string
  readonly clock: Clock
  readonly processor?: Processor
}

const idOf = ({ id, actor }: Asked): string => id ?? actor.name

/**
 * The faults in what the workers report once everything was read: that they still work, fail or are behind, or that a
 * range is not claimed by exactly one of them, the one that owns its lease and will for a while.
 */
export async function wrongStatus(
  stored: () => StoredState | Promise<StoredState>,
  running: readonly Asked[],
  projections: readonly Leased[] = simulatedProjections,
): Promise<string[]> {
  const told = await Promise.all(
    running.map(async (worker) => ({ worker, ranges: (await worker.processor?.status())?.ranges ?? [] })),
  )
  const wrong: string[] = []
  const state = await stored()
  const parked = parkedViews(state.views)
  // A sequence counts where it was parked, even if an event of another range is first by now.
  const counts = new Map<string, number>()
  for (const range of state.ranges) {
    for (const { name, version } of projections) {
      const isThis = (one: RangeStatus) => one.projection === name && sameInterval(one.range, range)
      const where = `${name} on ${range.min}-${range.max}`
      const claims = told.flatMap(({ worker, ranges }) =>
        ranges.filter((one) => isThis(one) && one.owner === idOf(worker)).map((one) => ({ worker, ...one })),
      )
      for (const { worker, state, behind, parked: count } of claims) {
        const says = `${worker.actor.name} reports ${where}`
        counts.set(name, (counts.get(name) ?? 0) + (count ?? Number.NaN))
        if (state !== (count !== null && count > 0 ? 'parked' : 'idle') || behind !== 0)
          wrong.push(`${says}: ${state}, ${behind} behind`)
      }
      const [claim] = claims
      if (claim === undefined || claims.length > 1) {
        const names = claims.map(({ worker }) => worker.actor.name).join(' and ')
        wrong.push(`${where} is claimed by ${names || 'no worker'}`)
        continue
      }
      const { owner, life }: Partial<LeaseDocument> = state.lease(leaseId(name, version, range)) ?? {}
      const { actor, clock } = claim.worker
      const id = idOf(claim.worker)
      if (owner !== id) wrong.push(`${actor.name} claims ${where}, whose lease belongs to ${owner}`)
      const registered = state.lease(`${WORKERS}:1:${id}`)
      if (registered?.life !== life) wrong.push(`${actor.name} claims ${where}, whose lease is of another life`)
      const left = Math.min(registered?.expiresAt ?? 0, Date.parse(claim.leaseExpires ?? '')) - clock.now()
      if (!(left > 0)) wrong.push(`the lease of ${where} expired ${-left} ms ago, but ${owner} claims it`)
    }
  }
  for (const { name, version: current } of projections) {
    const waiting = parked.filter(({ projection, version }) => projection === name && version === current).length
    if ((counts.get(name) ?? 0) !== waiting)
      wrong.push(`of ${name} ${counts.get(name)} are reported parked, not ${waiting}`)
  }
  return wrong
}
