import { StreamNotFound } from '../../../src/core/errors/append.ts'
import { StorageBusy, StorageUnavailable } from '../../../src/core/errors/storage.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { below, oneOf } from '../../../src/testing/conformance/support/random.ts'
import type { Record } from '../../../src/testing/simulate/workload/projections.ts'
import type { FaultKind } from '../../../src/testing/simulate/world/faults.ts'
import type { Truth } from './acknowledged-events.ts'
import { replaySome } from './operators.ts'
import { beginProcess } from './process.ts'
import type { Workers } from './workers.ts'
import { DATABASE, PACE, tell, type World } from './world.ts'
import type { Writers } from './writers.ts'

const MOST_PARTITIONS = 7

/** Lets happen what strikes at moments, until the faults end. */
export function planTroubles(
  world: World,
  truth: Truth,
  { workers, writers, projections }: { workers: Workers; writers: Writers; projections: readonly Projection<Record>[] },
  end: number,
): void {
  const { random, faults } = world
  const place = () => below(random, workers.places)
  const often = (kind: FaultKind, most: number, happen: () => unknown) => {
    for (let left = faults.times(kind, most); left > 0; left--) world.later(below(random, end), happen)
  }
  often('outage', 3, () =>
    workers.cutOff(oneOf(random, [place(), 'all']), oneOf(random, ['leases', 'all']), below(random, PACE.outage)),
  )
  often('pause', 3, () => workers.pause(place()))
  often('leave', 3, () => workers.leave())
  often('crash', 3, () => workers.crash(place()))
  often('clockJump', 4, () => {
    faults.count('clockJump')
    workers.skew(place())
  })
  often('replay', 4, () => replaySome(world, projections))
  often('split', 5, () => split(world))
  often('merge', 4, () => merge(world))
  often('deletion', 2, () => endSome(world, truth, oneOf(random, writers.streams)))
}

const CONTAINERS = ['events', 'events', 'events', 'views', 'leases'] as const

/** Splits some physical partition. */
function split({ emulator, random, faults }: World): void {
  const container = oneOf(random, CONTAINERS)
  const partitions = emulator.partitions(DATABASE, container)
  if (partitions.length >= MOST_PARTITIONS) return
  faults.count('split')
  emulator.split(DATABASE, container, oneOf(random, partitions).id)
}

/** Merges two physical partitions. */
export function merge({ emulator, random, faults }: World, container: string = oneOf(random, CONTAINERS)): void {
  const partitions = emulator.partitions(DATABASE, container)
  if (partitions.length < 2) return
  faults.count('merge')
  const at = below(random, partitions.length - 1)
  emulator.merge(DATABASE, container, partitions[at]?.id as string, partitions[at + 1]?.id as string)
}

/** Ends a stream and erases it, as far as it comes. */
async function endSome(world: World, truth: Truth, streamId: string): Promise<void> {
  const process = beginProcess(world, 'custodian', true)
  try {
    const { events } = await process.open()
    const marker = { metadata: { eventId: `end of ${streamId}` } }
    await events.tombstone(streamId, marker, { expectedVersion: 'any' })
    world.faults.count('deletion')
    await truth.stream(streamId)
    for (let done = false; !done; ) ({ done } = await events.erase(streamId, { limit: 1 + below(world.random, 5) }))
  } catch (error) {
    const isExpected = [StorageBusy, StorageUnavailable, StreamNotFound].some((kind) => error instanceof kind)
    if (!isExpected) world.fail(`whoever deletes met ${tell(error)}`)
  } finally {
    await process.close()
  }
}
