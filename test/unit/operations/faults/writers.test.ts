import { expect, it } from 'vitest'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { DEFAULT_THRESHOLDS } from '../../../../src/operations/alerts/thresholds.ts'
import { defineProjection } from '../../../../src/projections/define-projection.ts'
import { events } from '../../processor/support.ts'
import { faultyWorld, MINUTE, SECOND, withoutFreshness } from './support.ts'

it('writers that race for one stream fire Conflicts of appends, until there is one', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const api = world.process('a1', 'api')
  const store = eventStore(api.port, events, { telemetry: api.telemetry })
  let version = 0
  async function race(writers: number, seconds: number) {
    const added = [{ type: 'Added' as const, data: { amount: 1 } }]
    for (let second = 0; second < seconds; second++, version++) {
      const appends = Array.from({ length: writers }, () => store.append('s:1', added, { expectedVersion: version }))
      const settled = await Promise.allSettled(appends)
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      await world.pass(SECOND)
    }
    return watch.changes()
  }
  expect(await race(1, 2 * 60)).toEqual([])
  expect(await race(3, 12 * 60)).toEqual(['AlertFired Conflicts/storage/appends warning'])
  expect(await race(1, 3 * 60)).toEqual(['AlertResolved Conflicts/storage/appends warning'])
  await api.close()
  await watch.close()
})

it('workers that save the same view fire Conflicts of views, until it rests', async () => {
  const world = faultyWorld(4)
  const total = defineProjection('total', {
    events,
    key: () => 'all',
    initial: () => ({ total: 0 }),
    on: { Added: ({ total }, { data }) => ({ total: total + data.amount }), Cleared: (view) => view },
  })
  const workers = []
  for (const id of ['w1', 'w2']) workers.push(await world.worker(id, [total]))
  await world.pass(2 * MINUTE)
  // So that what one has read is old when it is saved.
  world.storage.takes = (call) => (call === 'viewStore.save' ? 100 : 0)
  const watch = world.watch({ ...withoutFreshness, conflicts: { ...DEFAULT_THRESHOLDS.conflicts, for: 2 * MINUTE } })
  await world.pass(MINUTE)
  expect(watch.changes()).toEqual([])
  for (let second = 0; second < 4 * 60; second++) {
    for (let stream = 0; stream < 8; stream++) await world.append(`s:${stream}`, 1)
    await world.pass(SECOND)
  }
  expect(watch.changes()).toEqual(['AlertFired Conflicts/storage/views warning'])
  expect(await watch.untilOpen(0, 5 * MINUTE)).toEqual(['AlertResolved Conflicts/storage/views warning'])
  for (const worker of workers) await worker.stop()
  await watch.close()
})

it('requests that Azure Cosmos DB throttles fire Throttled, until there are few of them', async () => {
  const world = faultyWorld()
  const watch = world.watch()
  const api = world.process('a1', 'api')
  /** @param every one of how many requests is throttled */
  async function request(every: number, seconds: number) {
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < 10; i++) {
        const status = i % every === every - 1 ? 429 : 200
        api.telemetry.count('tidemark.cosmos.requests', 1, { 'db.response.status_code': status })
      }
      await world.pass(SECOND)
    }
    return watch.changes()
  }
  const throttled = 'Throttled/storage/memory'
  expect(await request(Number.POSITIVE_INFINITY, 2 * 60)).toEqual([])
  expect(await request(2, 60)).toEqual([`AlertFired ${throttled} critical`])
  expect(await request(Number.POSITIVE_INFINITY, 3 * 60)).toEqual([
    `AlertEased ${throttled} warning`,
    `AlertResolved ${throttled} warning`,
  ])
  await api.close()
  await watch.close()
})

it('an API that fails fires SloBurn of the API alone, until it has succeeded for hours', async () => {
  const world = faultyWorld()
  const watch = world.watch(withoutFreshness, { every: 10 * SECOND })
  const api = world.process('a1', 'api')
  async function respond(status: number, seconds: number) {
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < 5; i++) {
        api.telemetry.time('http.server.request.duration', {})({ 'http.response.status_code': status })
      }
      await world.pass(SECOND)
    }
    return watch.changes()
  }
  // Half of the longest short time must be known.
  expect(await respond(200, 3 * 3_600)).toEqual([])
  expect(await respond(503, 2 * 60)).toEqual(['AlertFired SloBurn/service/api critical'])
  expect(await respond(200, 6 * 3_600 + 600)).toEqual([
    'AlertEased SloBurn/service/api warning',
    'AlertResolved SloBurn/service/api warning',
  ])
  await api.close()
  await watch.close()
})
