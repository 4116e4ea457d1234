import { expect, it } from 'vitest'
import { createEvaluator } from '../../../src/operations/alerts/evaluator.ts'
import type { Snapshot } from '../../../src/operations/model/snapshot.ts'
import type { MemoryStorage } from '../../../src/testing/memory/index.ts'
import { operationsWorld, snapshotAt } from './support.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WELL = { versions: [], workers: [], instances: [] }
const FEBRUARY = Date.UTC(2026, 1, 1)

/** Dashboards with the rules of this release on a clock that can be set, and a storage that responds or does not. */
async function clockWorld(start: number) {
  const world = operationsWorld()
  await world.pass(start - world.now())
  let ahead = 0
  const clock = { ...world.clock, now: () => world.clock.now() + ahead }

  /** Stores with the clock of its process. */
  const stamping = (store: MemoryStorage): MemoryStorage => ({
    ...store,
    events: {
      ...store.events,
      append: (id, events, options) =>
        store.events.append(id, events, { ...options, recordedAt: new Date(clock.now()) }),
    },
  })

  async function open(name: string, wrap = (store: MemoryStorage) => store) {
    const evaluator = createEvaluator({ every: 1_000 })
    const opened = await world.open(name, (store) => stamping(wrap(store)), { clock, evaluator })
    let failed = 0
    async function beat(seconds: number, ok: boolean) {
      for (let i = 0; i < seconds; i++) {
        failed = ok ? 0 : failed + 1
        const storage: Snapshot['storage'] = { ...snapshotAt(0).storage, ok, failed, succeeded: ok ? 5 : 0 }
        opened.take(snapshotAt(clock.now(), { ...WELL, steady: world.clock.now(), storage }))
        await world.pass(1_000)
      }
    }
    return { ...opened, beat }
  }

  const setClock = (by: number) => {
    ahead += by
  }
  return { ...world, open, setClock }
}

for (const start of [FEBRUARY - MINUTE, FEBRUARY + MINUTE]) {
  it.each([-HOUR, 0, HOUR])(
    `an alert of ${new Date(start).toISOString()} fires again after the clock is set by %d ms`,
    async (by) => {
      const { open, setClock, port } = await clockWorld(start)
      const { operations, beat } = await open('a')
      await beat(10, false)
      expect(operations.openIncidents()).toMatchObject([{ id: '000001' }])
      await beat(10, true)
      expect(operations.alerts()).toEqual([])
      expect(operations.openIncidents()).toEqual([])
      setClock(by)
      await beat(60, true)
      await beat(10, false)
      expect(operations.alerts()).toMatchObject([{ rule: 'StorageUnavailable', state: 'firing' }])
      expect(operations.openIncidents()).toHaveLength(1)
      const types: string[] = []
      for await (const { eventType } of port.events.query({ types: ['AlertFired', 'AlertResolved'] }))
        types.push(eventType)
      expect(types).toEqual(['AlertFired', 'AlertResolved', 'AlertFired'])
    },
  )
}

it('a dashboard that was killed after its clock was set back is followed by one that knows what it wrote last', async () => {
  const { open, setClock, pass } = await clockWorld(FEBRUARY + HOUR)
  const holds = { saves: false }
  const first = await open('a', (store) => ({
    ...store,
    viewStore: {
      ...store.viewStore,
      save: (...given) => (holds.saves ? new Promise(() => {}) : store.viewStore.save(...given)),
    },
  }))
  await first.beat(120, true)
  setClock(-HOUR)
  await first.beat(10, true)
  holds.saves = true
  await first.beat(10, false)
  first.kill()
  await pass(1_000)
  const second = await open('b')
  expect(second.operations.alerts()).toMatchObject([{ rule: 'StorageUnavailable' }])
})
