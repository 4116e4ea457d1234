import { expect, it } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { rebuildUnique } from '../../../src/aggregates/unique/rebuild-unique.ts'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { CLAIM_LAPSED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { createViews } from '../../../src/views/views.ts'
import { claimsIn } from './support/claims.ts'
import { customer, register } from './support/customers.ts'

/** A log in which the first command of customer `a` was ended by that of customer `b`. */
async function withNote(): Promise<StoragePort> {
  const storage = openMemory()
  const events = { ...storage.events, append: () => new Promise<never>(() => {}) }
  repository({ ...storage, events }, customer)
    .execute('a', register('a@x'))
    .catch(() => {})
  await expect.poll(() => claimsIn(storage)).toHaveLength(1)
  await repository(storage, customer, { uniqueGrace: 0 }).execute('b', register('a@x'))
  return storage
}

it('the note of an ended claim is in the stream and in the feed, and in no view', async () => {
  const storage = await withNote()
  expect((await storage.events.load('customer:a')).events).toMatchObject([{ eventType: CLAIM_LAPSED }])
  const [range] = await storage.feed.ranges()
  const { events } = await storage.feed.read(range as NonNullable<typeof range>, 'start')
  expect(events.map(({ event }) => event.eventType)).toEqual([CLAIM_LAPSED, 'Registered'])

  const seen = defineProjection('seen', {
    events: customer.events,
    key: ({ streamId }) => streamId,
    initial: () => ({ events: 0 }),
    on: { Registered: (view) => ({ events: view.events + 1 }) },
  })
  const { position } = await repository(storage, customer).execute('c', register(null))
  await using _ = await startProcessor(storage, [seen])
  const views = createViews(storage, systemClock)
  expect(await views.waitFor(seen, 'customer:c', position)).toEqual({ events: 1 })
  expect(await views.get(seen, 'customer:b')).toEqual({ events: 1 })
  expect(await views.get(seen, 'customer:a')).toBeNull()
})

it('a copy of the log contains the notes and no claims, so claims must be rebuilt there', async () => {
  const [source, target] = [await withNote(), openMemory()]
  expect((await moveLog({ source, target })).verification).toMatchObject({ differences: [] })
  expect((await target.events.load('customer:a')).events).toMatchObject([{ eventType: CLAIM_LAPSED }])
  const customers = repository(target, customer)
  await expect(customers.execute('c', register('a@x'))).rejects.toMatchObject({ code: 'UniqueIndexStale' })
  expect(await rebuildUnique(target, customer)).toMatchObject({ made: 1 })
  await expect(customers.execute('c', register('a@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
  await customers.execute('a', register('b@x'), { expectedVersion: 'noStream' })
})
