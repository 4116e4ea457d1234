import { expect, it } from 'vitest'
import { parkedSequences } from '../../../../src/processor/replay/parked-sequences.ts'
import { noting } from '../../processor/parking/support.ts'
import { faultyWorld, HOUR, MINUTE } from './support.ts'

const PARKED = 'SequenceParked/projection/noted:1'
const STORM = 'ParkStorm/projection/noted:1 critical'

/** A worker whose projection cannot fold 13 until it is mended. */
async function poisoned() {
  const world = faultyWorld()
  const watch = world.watch()
  let isBroken = true
  const projection = noting('noted', { fails: (amount) => isBroken && amount === 13 })
  const worker = await world.worker('w1', [projection])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  return {
    ...world,
    watch,
    async mendAndReplay() {
      isBroken = false
      const parked = parkedSequences(world.port, projection, world)
      const { items } = await world.within(MINUTE, parked.list())
      for (const { key } of items) await world.within(MINUTE, parked.replay(key))
    },
    async end() {
      await worker.stop()
      await watch.close()
    },
  }
}

it('a poison event fires SequenceParked alone, which is critical after an hour, until it is replayed', async () => {
  const { watch, end, mendAndReplay, ...world } = await poisoned()
  await world.append('s:1', 13)
  expect(await watch.untilOpen(1, MINUTE)).toEqual([`AlertFired ${PARKED} warning`])
  await world.pass(HOUR + MINUTE)
  expect(watch.changes()).toEqual([`AlertEscalated ${PARKED} critical`])
  await mendAndReplay()
  expect(await watch.untilOpen(0, MINUTE)).toEqual([`AlertResolved ${PARKED} critical`])
  await end()
})

it('many poison events at once fire ParkStorm as well, until all are replayed', async () => {
  const { watch, end, mendAndReplay, ...world } = await poisoned()
  for (let stream = 0; stream < 12; stream++) await world.append(`s:${stream}`, 13)
  expect(await watch.untilOpen(2, MINUTE)).toEqual([`AlertFired ${PARKED} warning`, `AlertFired ${STORM}`])
  await mendAndReplay()
  const resolved = await watch.untilOpen(0, MINUTE)
  expect(resolved.toSorted()).toEqual([`AlertResolved ${STORM}`, `AlertResolved ${PARKED} warning`])
  await end()
})
