import { expect, it } from 'vitest'
import { perStream } from '../../processor/support.ts'
import { faultyWorld, MINUTE, SECOND } from './support.ts'

const UNOWNED = [
  'RangeUnowned/range/per-stream:1 0-20000000 critical',
  'RangeUnowned/range/per-stream:1 20000000-FF critical',
]
const LOST = 'InstanceLost/instance/w1 warning'

it('a killed worker fires InstanceLost, and RangeUnowned for its ranges, until another one replaces it', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const first = await world.worker('w1', [perStream])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  expect(watch.changes()).toEqual([])
  first.kill()
  expect((await watch.untilOpen(3, 2 * MINUTE)).toSorted()).toEqual(
    [LOST, ...UNOWNED].map((one) => `AlertFired ${one}`),
  )
  await world.pass(5 * MINUTE)
  expect(watch.changes()).toEqual([])
  const second = await world.worker('w2', [perStream])
  const resolved = (await watch.untilOpen(0, 2 * MINUTE)).toSorted()
  expect(resolved).toEqual([LOST, ...UNOWNED].map((one) => `AlertResolved ${one}`))
  await world.pass(5 * MINUTE)
  expect(watch.changes()).toEqual([])
  await second.stop()
  await watch.close()
})

it.each(['killed', 'stopped'] as const)(
  'says within two seconds that ranges have had no owner for twice the lease after all were %s',
  async (end) => {
    const world = faultyWorld()
    const watch = world.watch()
    const only = await world.worker('w1', [perStream], { leaseDuration: 3 * SECOND })
    await world.append('s:1', 1)
    await world.pass(MINUTE)
    if (end === 'killed') only.kill()
    else await only.stop()
    const lease = end === 'killed' ? 3 * SECOND : 0
    await world.pass(lease + 2 * 3 * SECOND + 2 * SECOND)
    expect(watch.changes()).toEqual(expect.arrayContaining(UNOWNED.map((one) => `AlertFired ${one}`)))
    await watch.close()
  },
)

it('knows the lease of workers that were killed before the watching began', async () => {
  const world = faultyWorld()
  const only = await world.worker('w1', [perStream], { leaseDuration: 3 * SECOND })
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  only.kill()
  await world.pass(MINUTE)
  const watch = world.watch()
  await world.pass(2 * 3 * SECOND + 2 * SECOND)
  expect(watch.changes()).toEqual(expect.arrayContaining(UNOWNED.map((one) => `AlertFired ${one}`)))
  await watch.close()
})

it('workers that all stop in good order fire RangeUnowned alone, until one starts', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const first = await world.worker('w1', [perStream])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  await first.stop()
  expect((await watch.untilOpen(2, 2 * MINUTE)).toSorted()).toEqual(UNOWNED.map((one) => `AlertFired ${one}`))
  const second = await world.worker('w2', [perStream])
  expect((await watch.untilOpen(0, 2 * MINUTE)).toSorted()).toEqual(UNOWNED.map((one) => `AlertResolved ${one}`))
  await second.stop()
  await watch.close()
})

it('a second worker that joins and takes its share of the ranges fires nothing', async () => {
  const world = faultyWorld(4)
  const watch = world.watch()
  const first = await world.worker('w1', [perStream])
  await world.append('s:1', 1)
  await world.pass(2 * MINUTE)
  const second = await world.worker('w2', [perStream])
  await world.pass(2 * MINUTE)
  expect(watch.changes()).toEqual([])
  for (const worker of [first, second]) await worker.stop()
  await watch.close()
})

it('a worker that is stopped for a minute fires InstanceLost until it runs again, and LeaseChurn for ten minutes', async () => {
  const world = faultyWorld(4)
  const first = await world.worker('w1', [perStream])
  const second = await world.worker('w2', [perStream])
  await world.append('s:1', 1)
  await world.pass(2 * MINUTE)
  const watch = world.watch()
  await world.pass(MINUTE)
  expect(watch.changes()).toEqual([])
  first.pause(MINUTE)
  expect(await watch.untilOpen(1, MINUTE)).toEqual([`AlertFired ${LOST}`])
  await world.pass(2 * MINUTE)
  const churn = 'LeaseChurn/service/workers warning'
  expect(watch.changes().toSorted()).toEqual([`AlertFired ${churn}`, `AlertResolved ${LOST}`])
  await world.pass(5 * MINUTE)
  expect(watch.changes()).toEqual([])
  expect(await watch.untilOpen(0, 10 * MINUTE)).toEqual([`AlertResolved ${churn}`])
  for (const worker of [first, second]) await worker.stop()
  await watch.close()
})

it('a clock that is ahead fires ClockSkew of its process, which becomes critical and ends when it is right', async () => {
  const world = faultyWorld(4)
  const first = await world.worker('w1', [perStream])
  const others = [await world.worker('w2', [perStream]), await world.worker('w3', [perStream])]
  await world.pass(2 * MINUTE)
  const watch = world.watch()
  await world.pass(2 * MINUTE)
  expect(watch.changes()).toEqual([])
  const changesWith = async (skew: number) => {
    first.clock.skew = skew
    await world.pass(4 * MINUTE)
    return watch.changes()
  }
  expect(await changesWith(2_900)).toEqual(['AlertFired ClockSkew/instance/w1 warning'])
  expect(await changesWith(6_000)).toEqual(['AlertEscalated ClockSkew/instance/w1 critical'])
  expect(await changesWith(0)).toEqual(['AlertResolved ClockSkew/instance/w1 critical'])
  for (const worker of [first, ...others]) await worker.stop()
  await watch.close()
})
