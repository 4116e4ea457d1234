import { expect, it } from 'vitest'
import { StorageFull, StorageMoved } from '../../../src/core/errors/storage.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import type { AlertChange } from '../../../src/operations/model/evaluation.ts'
import type { Operations } from '../../../src/operations/model/operations.ts'
import { openReopeningOperations } from '../../../src/operations/reopening-operations.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { virtualWorld } from '../reactions/virtual.ts'
import { change, fakeEvaluator, fakeSampler, snapshotAt } from './support.ts'

/** A storage whose files are moved at some point. */
function movable(port: StoragePort) {
  let isMoved = false
  const refusing = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (!isMoved || typeof member !== 'function') return member
        return () => {
          throw new StorageMoved('ops/events.db')
        }
      },
    })
  const { events, feed, viewStore, leases, snapshots } = port
  const parts = {
    events: refusing(events),
    feed: refusing(feed),
    viewStore: refusing(viewStore),
    leases: refusing(leases),
    snapshots: refusing(snapshots),
  }
  return {
    port: { ...port, ...parts },
    move: () => {
      isMoved = true
    },
  }
}

/** Operations that open one storage after the other, in virtual time. */
async function reopeningWorld(...stores: readonly (StoragePort | Error)[]) {
  const world = virtualWorld()
  const { port: storage, clock, random } = world
  const left = stores.map((store) => (store instanceof Error ? store : withViews(store, { clock })))
  const errors: unknown[] = []
  const notices: string[] = []
  const { sampler, take } = fakeSampler()
  const { evaluator, decide } = fakeEvaluator()
  const opening = openReopeningOperations({
    ...{ storage, kind: 'memory', storeKind: 'memory', sampler, evaluator, clock, random },
    async openStore() {
      const next = left.shift()
      if (next === undefined || next instanceof Error) throw next
      return next
    },
    onError: (error) => errors.push(error),
    onReopened: (text) => notices.push(text),
  })
  const operations: Operations = await world.within(5_000, opening)
  async function beat(seconds: number, ...changes: readonly AlertChange[]) {
    decide(...changes)
    for (let i = 0; i < seconds; i++) {
      take(snapshotAt(clock.now()))
      await world.pass(1_000)
    }
  }
  return { ...world, operations, beat, errors, notices }
}

const memory = () => openMemory({ turn: () => Promise.resolve() })

it('opens its storage again after the files were removed, with the alerts that are open, and tells what was lost', async () => {
  const first = movable(memory())
  const { operations, beat, errors, notices, clock, within } = await reopeningWorld(first.port, memory())
  await beat(2, change('AlertFired', 'one', clock.now()))
  expect(operations.openIncidents()).toMatchObject([{ id: '000001' }])
  await within(1_000, operations.note('000001', 'Ada', 'seen'))
  first.move()
  await beat(2, change('AlertFired', 'two', clock.now()))
  expect(operations.ops().error?.code).toBe('StorageMoved')
  expect(operations.alerts()).toHaveLength(2)
  await beat(20)
  expect(notices).toEqual([])
  await beat(15)
  expect(notices).toEqual([expect.stringMatching(/opened again, and it is another one/)])
  expect(operations.ops().error).toBeNull()
  expect(errors.map((error) => (error as StorageMoved).code)).toEqual(['StorageMoved'])
  await beat(15)
  expect(operations.alerts().map(({ subject, incident }) => [subject.id, incident])).toEqual([
    ['one', '000001'],
    ['two', '000001'],
  ])
  const incident = await within(1_000, operations.incident('000001'))
  expect(incident?.timeline.map(({ type }) => type)).toEqual(['Opened', 'AlertJoined', 'AlertJoined'])
  const { rows } = await within(1_000, operations.activity())
  expect(rows.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^1 change .* could not be stored$/))
  await within(20_000, operations.close())
})

it('evaluates on while the storage cannot be opened again, and tries again', async () => {
  const first = movable(memory())
  const world = await reopeningWorld(first.port, new StorageFull('No space is left'), memory())
  const { operations, beat, errors, notices, clock } = world
  await beat(2)
  first.move()
  await beat(40)
  expect(notices).toEqual([])
  expect(errors.map((error) => (error as StorageFull).code)).toEqual(['StorageMoved', 'StorageFull'])
  await beat(5, change('AlertFired', 'one', clock.now()))
  expect(operations.alerts()).toHaveLength(1)
  await beat(40)
  expect(notices).toHaveLength(1)
  expect(operations.ops().error).toBeNull()
  expect(operations.openIncidents()).toHaveLength(1)
  await world.within(20_000, operations.close())
})
