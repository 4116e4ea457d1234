import { expect, it } from 'vitest'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { events, perStream } from '../../processor/support.ts'
import { faultyWorld, HOUR, MINUTE, SECOND } from './support.ts'

it('a key function that throws fires RangeStalled of that range alone, until it does not', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  let isBroken = false
  const keyed = defineProjection('keyed', {
    events,
    key: ({ streamId }) => {
      if (isBroken && streamId === 's:1') throw new RangeError('no key')
      return streamId
    },
    initial: () => ({ total: 0 }),
    on: { Added: ({ total }, { data }) => ({ total: total + data.amount }), Cleared: (view) => view },
  })
  const worker = await world.worker('w1', [keyed, perStream])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  isBroken = true
  await world.append('s:1', 1)
  const stalled = 'RangeStalled/range/keyed:1 0-20000000 critical'
  expect(await watch.untilOpen(1, 3 * MINUTE)).toEqual([`AlertFired ${stalled}`])
  isBroken = false
  expect(await watch.untilOpen(0, 3 * MINUTE)).toEqual([`AlertResolved ${stalled}`])
  await world.pass(5 * MINUTE)
  expect(watch.changes()).toEqual([])
  await worker.stop()
  await watch.close()
})

it('saves that are slower than the appends fire LagHigh and LagGrowing, until the views have caught up', async () => {
  const world = faultyWorld(1)
  const watch = world.watch()
  const worker = await world.worker('w1', [perStream], { pageSize: 2 })
  await world.pass(MINUTE)
  world.storage.takes = slowSaves
  for (let second = 0; second < 20 * 60; second++) {
    await world.append(`s:${second % 7}`, 1)
    await world.pass(SECOND)
  }
  const [high, growing] = ['LagHigh/projection/per-stream:1', 'LagGrowing/projection/per-stream:1 warning']
  expect(watch.changes()).toEqual([
    `AlertFired ${high} warning`,
    `AlertEscalated ${high} critical`,
    `AlertFired ${growing}`,
  ])
  world.storage.takes = () => 0
  const resolved = await watch.untilOpen(0, 10 * MINUTE)
  expect(resolved.toSorted()).toEqual([`AlertResolved ${growing}`, `AlertResolved ${high} critical`])
  await worker.stop()
  await watch.close()
})

it('views that are late for minutes fire SloBurn of freshness alone, until they have been fresh for hours', async () => {
  const world = faultyWorld(1)
  const watch = world.watch({}, { every: 10 * SECOND })
  const worker = await world.worker('w1', [perStream], { pageSize: 2 })
  // Half of the longest short time must be known.
  await world.pass(3 * HOUR)
  expect(watch.changes()).toEqual([])
  world.storage.takes = slowSaves
  for (let second = 0; second < 90; second++) {
    await world.append(`s:${second % 7}`, 1)
    await world.pass(SECOND)
  }
  const burn = 'SloBurn/service/freshness'
  expect(watch.changes()).toEqual([`AlertFired ${burn} critical`])
  world.storage.takes = () => 0
  expect(await watch.untilOpen(0, 7 * HOUR)).toEqual([`AlertEased ${burn} warning`, `AlertResolved ${burn} warning`])
  await worker.stop()
  await watch.close()
})

/** Views are saved slowly, and the reports of processes are not. */
function slowSaves(call: string, parameters: readonly unknown[]): number {
  const [document] = parameters as readonly { readonly projection?: string }[]
  return call === 'viewStore.save' && document?.projection === perStream.name ? 5 * SECOND : 0
}
