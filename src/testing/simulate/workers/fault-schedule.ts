import { below, oneOf } from '../../conformance/support/random.ts'
import type { Writers } from '../workload/writers.ts'
import { PACE } from '../world/timings.ts'
import type { World } from '../world/world.ts'
import type { Operators } from './operators.ts'
import type { Workers } from './workers.ts'

/** A time in which a part of the database cannot be reached from some place. */
export type Outage = {
  readonly from: number
  readonly to: number
  readonly calls: 'leases.' | ''
  /** Absent: from nowhere. */
  readonly place?: number
}

const MOST_RANGES = 8

/** Decides when the database cannot be reached. */
export function drawOutages({ faults }: World, random: () => number, places: number, end: number): Outage[] {
  return Array.from({ length: faults.times('outage', 3) }, () => {
    faults.count('outage')
    const from = below(random, end)
    return {
      from,
      to: Math.min(end, from + below(random, PACE.outage)),
      calls: random() < 0.7 ? 'leases.' : '',
      ...(random() < 0.7 && { place: below(random, places) }),
    }
  })
}

/** Triggers faults that occur at moments, until the faults end; meanwhile the status of the workers is requested. */
export function planTroubles(
  world: World,
  random: () => number,
  { workers, writers, operators }: { workers: Workers; writers: Writers; operators: Operators },
  end: number,
) {
  const { scheduler, faults, db } = world
  const places = () => below(random, workers.places)
  for (let i = 0; i < 5; i++) scheduler.after(below(random, end), undefined, () => workers.ask())
  const often = (kind: Parameters<typeof faults.times>[0], most: number, happen: () => void) => {
    for (let left = faults.times(kind, most); left > 0; left--) scheduler.after(below(random, end), undefined, happen)
  }

  often('pause', 6, () => workers.pause(places(), Math.min(below(random, PACE.pause), end - scheduler.now)))
  often('leave', 4, () => workers.leave(places()))
  often('clockJump', 6, () => {
    faults.count('clockJump')
    workers.skew(places())
  })
  often('replay', 12, () => operators.replay(random))
  often('split', 5, () => {
    if (db.state.ranges.length >= MOST_RANGES) return
    const hash = splitPoint(world, random, writers)
    if (hash === undefined) return
    faults.count('split')
    world.trace.note(`the partition at ${hash} is split`)
    db.split(hash)
  })
  often('merge', 4, () => {
    const bounds = db.state.partitions.slice(1).map(({ min }) => min)
    if (bounds.length === 0) return
    const hash = oneOf(random, bounds)
    faults.count('merge')
    world.trace.note(`the partitions at ${hash} are merged`)
    db.merge(hash)
  })
  often('deletion', 3, async () => erase(await writers.end()))

  function erase(streamId: string): void {
    scheduler.after(below(random, PACE.poll), undefined, async () => {
      if (await writers.erase(streamId)) erase(streamId)
    })
  }
}

/** Somewhere in the hash space, usually between two streams. */
function splitPoint({ db }: World, random: () => number, { streams }: Writers): string | undefined {
  const stream = db.state.streams.get(oneOf(random, streams))
  return stream?.hash.slice(0, 8)
}
