import { StorageBusy, StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { NotParked, ViewContended } from '../../../src/core/errors/view.ts'
import { parkedSequences } from '../../../src/processor/replay/parked-sequences.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { oneOf } from '../../../src/testing/conformance/support/random.ts'
import type { Record } from '../../../src/testing/simulate/workload/projections.ts'
import { beginProcess } from './process.ts'
import { tell, type World } from './world.ts'

// What may come of a replay while workers work and the storage is at its worst.
const EXPECTED = [NotParked, ViewContended, StorageUnavailable, StorageBusy]

/** Somebody replays what is parked of some projection, or tries it out, and meets with what goes wrong. */
export async function replaySome(world: World, projections: readonly Projection<Record>[]): Promise<void> {
  world.faults.count('replay')
  const { random } = world
  const process = beginProcess(world, 'operator', true)
  try {
    const sequences = parkedSequences(await process.open(), oneOf(random, projections), {
      clock: process.clock,
      random,
    })
    const dryRun = random() < 0.3
    for (const { key } of (await sequences.list()).items) await sequences.replay(key, { dryRun })
  } catch (error) {
    if (!EXPECTED.some((kind) => error instanceof kind)) world.fail(`whoever replays met ${tell(error)}`)
  } finally {
    await process.close()
  }
}

/** Replays all that is parked. What stays parked is a failure, once handlers are mended. */
export async function replayAll(world: World, projections: readonly Projection<Record>[]): Promise<void> {
  const process = beginProcess(world, 'operator', false)
  const port = await process.open()
  for (const projection of projections) {
    const sequences = parkedSequences(port, projection)
    for (const { key } of (await sequences.list()).items) {
      const { unparked, error } = await sequences.replay(key)
      if (!unparked) world.fail(`${projection.name} ${key} stays parked: ${error?.message}`)
    }
  }
  await process.close()
}
