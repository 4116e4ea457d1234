import { expect, it } from 'vitest'
import { startProcessor } from '../../../src/processor/processor.ts'
import { pauseVersion } from '../../../src/processor/versions/pause-version.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { createWaitPace } from '../../../src/views/wait-obstacle.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { until, untilCaughtUp } from '../../support/projecting/until.ts'
import { count, counts, countsDefinition } from '../processor/versions/support.ts'

const soon = { timeout: 40 }
const QUICK = { pollInterval: 20, renewInterval: 20 }

it('says when no worker ever ran the projection, and when none holds the range any more', async () => {
  await using storage = withViews(openMemory({ ranges: 1 }))
  const position = await count(storage, 'a:1')
  const waiting = () => storage.views.waitFor(counts(1), 'all', position, soon)
  await expect(waiting()).rejects.toMatchObject({
    code: 'WaitTimedOut',
    reason: 'noWorker',
    message: expect.stringMatching(/within 40 ms: no worker has run version 1 of counts on this storage$/),
  })
  const processor = await startProcessor(storage, [counts(1)])
  await untilCaughtUp(storage, [counts(1)])
  await processor.stop()
  const later = await count(storage, 'a:1')
  await expect(storage.views.waitFor(counts(1), 'all', later, soon)).rejects.toMatchObject({
    reason: 'noWorker',
    behind: null,
    message: expect.stringContaining('no worker holds feed range 0-FF of version 1: start a worker that runs it'),
  })
})

it('says when the projection is paused, and asks nothing for a single look', async () => {
  const port = openMemory()
  let lists = 0
  const list: typeof port.leases.list = (filter) => {
    lists++
    return port.leases.list(filter)
  }
  await using storage = withViews({ ...port, leases: { ...port.leases, list } })
  await using _ = await startProcessor(port, [counts(1)], QUICK)
  await untilCaughtUp(port, [counts(1)])
  const { since } = await pauseVersion(port, { name: 'counts', version: 1 })
  await until(
    'it has stopped',
    async () => (await port.leases.list({ projection: 'counts' }))[0]?.document.state === 'paused',
  )
  const position = await count(port, 'a:1')
  await expect(storage.views.waitFor(counts(1), 'all', position, soon)).rejects.toMatchObject({
    reason: 'paused',
    message: expect.stringContaining(`version 1 has been paused since ${since}`),
  })
  lists = 0
  await expect(storage.views.waitFor(counts(1), 'all', position, { timeout: 0 })).rejects.toMatchObject({
    reason: 'unknown',
  })
  expect(lists).toBe(0)
})

it('says how far behind a projection is that a worker runs', async () => {
  await using storage = withViews(openMemory())
  let proceed = () => {}
  const held = new Promise<void>((resolve) => (proceed = resolve))
  const saving = { ...storage, viewStore: { ...storage.viewStore } }
  saving.viewStore.save = async (document, condition) => {
    if (document.projection === 'slow') await held
    return storage.viewStore.save(document, condition)
  }
  const slow = defineProjection('slow', countsDefinition(1))
  await using _ = await startProcessor(saving, [slow], QUICK)
  await untilCaughtUp(storage, [slow])
  const position = await count(storage, 'a:1', 3)
  await expect(storage.views.waitFor(slow, 'all', position, { timeout: 200 })).rejects.toMatchObject({
    reason: 'behind',
    eta: null,
    message: expect.stringMatching(/version 1 is (behind|\d+ events? behind), no ETA yet$/),
  })
  proceed()
  expect(await storage.views.waitFor(slow, 'all', position)).toEqual({ count: 3 })
})

it('estimates when a position is reached from how much nearer it came', async () => {
  const clock = manualClock(0)
  const pace = createWaitPace(clock)
  expect(pace.eta()).toBeNull()
  pace.note(100)
  expect(pace.eta()).toBeNull()
  clock.advance(1_000)
  pace.note(100)
  expect(pace.eta()).toBeNull()
  clock.advance(1_000)
  pace.note(60)
  expect(pace.eta()).toBe(3_000)
})
