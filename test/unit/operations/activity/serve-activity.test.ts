import { expect, it } from 'vitest'
import { serveActivity } from '../../../../src/operations/activity/serve-activity.ts'
import { createOutbox } from '../../../../src/operations/store/outbox.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'

const act = { who: 'Ada', what: 'replay', subject: 'meters:1 a', dryRun: false, outcome: 'done' }

it('an act is stored before the one who did it is told', async () => {
  const clock = manualClock()
  const store = withViews(openMemory({ clock }))
  await serveActivity(store, createOutbox(10), clock).recordAct(act)
  expect((await store.events.load('operator:2026-01')).events).toMatchObject([{ eventData: act }])
  expect(clock.sleeping).toBe(0)
})

it('an act waits two seconds for a storage that hangs, and is stored once it responds', async () => {
  const clock = manualClock()
  const store = withViews(openMemory({ clock }))
  const outbox = createOutbox(10)
  const hanging = Promise.withResolvers<void>()
  outbox.add({ at: clock.now(), write: () => hanging.promise })
  let isTold = false
  const telling = serveActivity(store, outbox, clock)
    .recordAct(act)
    .then(() => {
      isTold = true
    })
  clock.advance(1_999)
  await new Promise((resolve) => setImmediate(resolve))
  expect(isTold).toBe(false)
  clock.advance(1)
  await telling
  expect(outbox.size).toBe(2)
  hanging.resolve()
  await outbox.flush()
  expect((await store.events.load('operator:2026-01')).version).toBe(1)
})
