import { expect, it } from 'vitest'
import { perStream } from '../../processor/support.ts'
import { faultyWorld, HOUR, MINUTE, SECOND } from './support.ts'

const UNAVAILABLE = 'StorageUnavailable/storage/memory critical'
const CHURN = 'LeaseChurn/service/workers warning'

it('a storage that does not respond fires StorageUnavailable alone, until it responds again', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const worker = await world.worker('w1', [perStream])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  expect(watch.changes()).toEqual([])
  world.storage.fails = () => true
  expect(await watch.untilOpen(1, MINUTE)).toEqual([`AlertFired ${UNAVAILABLE}`])
  world.storage.fails = () => false
  expect(await watch.untilOpen(0, MINUTE)).toEqual([`AlertResolved ${UNAVAILABLE}`])
  await world.pass(5 * MINUTE)
  expect(watch.changes()).toEqual([])
  await worker.stop()
  await watch.close()
})

it('an outage in which workers lose their leases leaves no range that looks stalled', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const worker = await world.worker('w1', [perStream])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  world.storage.fails = () => true
  await world.pass(2 * MINUTE)
  expect(watch.changes()).toEqual([`AlertFired ${UNAVAILABLE}`])
  world.storage.fails = () => false
  await world.pass(15 * MINUTE)
  expect(watch.changes()).toEqual([`AlertResolved ${UNAVAILABLE}`, `AlertFired ${CHURN}`, `AlertResolved ${CHURN}`])
  await worker.stop()
  await watch.close()
})

it('leases that the watching process cannot read fire LeasesUnreachable alone, until it can', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const worker = await world.worker('w1', [perStream])
  await world.append('s:1', 1)
  await world.pass(MINUTE)
  world.storage.fails = (call, process) => process === 'dashboard' && call.startsWith('leases.')
  const leases = 'LeasesUnreachable/storage/memory leases critical'
  expect(await watch.untilOpen(1, 2 * MINUTE)).toEqual([`AlertFired ${leases}`])
  world.storage.fails = () => false
  expect(await watch.untilOpen(0, MINUTE)).toEqual([`AlertResolved ${leases}`])
  await world.pass(5 * MINUTE)
  expect(watch.changes()).toEqual([])
  await worker.stop()
  await watch.close()
})

it('a disk that fills up fires DiskNearlyFull, which becomes critical and ends when there is room', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  let free = 500
  world.storage.disk = () => ({ free, total: 1_000 })
  // As long as it takes to know whether it shrinks.
  await world.pass(HOUR + MINUTE)
  expect(watch.changes()).toEqual([])
  const disk = 'DiskNearlyFull/disk/memory'
  free = 100
  expect(await watch.untilOpen(1, MINUTE)).toEqual([`AlertFired ${disk} warning`])
  free = 40
  await world.pass(10 * SECOND)
  expect(watch.changes()).toEqual([`AlertEscalated ${disk} critical`])
  free = 500
  expect(await watch.untilOpen(0, MINUTE)).toEqual([`AlertResolved ${disk} critical`])
  await watch.close()
})
