import { expect, it } from 'vitest'
import { createDeleteOld } from '../../../../src/operations/activity/delete-old.ts'
import type { SeenInstance } from '../../../../src/operations/activity/instance-record.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'

const DAY = 24 * 3_600_000

function open() {
  const clock = manualClock()
  const store = openMemory({ clock })
  const left = (category: string) => Array.fromAsync(store.events.streams({ category }))
  const append = (streamId: string) =>
    store.events.append(
      streamId,
      [{ eventType: 'Happened', eventData: {}, metadata: { eventId: crypto.randomUUID() } }],
      { expectedVersion: 'any' },
    )
  return { clock, store, append, left, deleteOld: createDeleteOld(store) }
}

const seen = (id: string): SeenInstance => ({
  ...{ id, kind: 'api', service: 'api', host: null, startedAt: '', release: null },
  ...{ state: 'running', at: '' },
})

it('days that were watched more than 100 days ago are deleted, the oldest first and ten an hour', async () => {
  const { clock, append, left, deleteOld } = open()
  for (let i = 0; i < 30; i++) await append(`watch:${new Date(clock.now() + i * DAY).toISOString().slice(0, 10)}`)
  clock.advance(115 * DAY)
  await deleteOld(clock.now(), [])
  await deleteOld(clock.now(), [])
  expect((await left('watch'))[0]).toBe('watch:2026-01-11')
  clock.advance(3_600_000)
  await deleteOld(clock.now(), [])
  expect((await left('watch'))[0]).toBe('watch:2026-01-16')
})

it('an instance is deleted 100 days after its last event, unless it is still there', async () => {
  const { clock, append, left, deleteOld } = open()
  await append('instance:gone')
  await append('instance:runs')
  await append('instance:back')
  clock.advance(DAY)
  await append('instance:back')
  clock.advance(99 * DAY)
  await deleteOld(clock.now(), [seen('runs')])
  expect(await left('instance')).toHaveLength(3)
  clock.advance(3_600_000)
  await deleteOld(clock.now(), null)
  expect(await left('instance')).toHaveLength(3)
  await deleteOld(clock.now(), [seen('runs')])
  expect(await left('instance')).toEqual(['instance:back', 'instance:runs'])
})

it('all instances have their turn, however many are kept', async () => {
  const { clock, append, left, deleteOld } = open()
  const kept = Array.from({ length: 250 }, (_, i) => `a${i}`)
  for (const id of [...kept, 'old']) await append(`instance:${id}`)
  clock.advance(101 * DAY)
  for (let hours = 0; hours < 3; hours++) {
    await deleteOld(clock.now(), kept.map(seen))
    clock.advance(3_600_000)
  }
  expect(await left('instance')).toHaveLength(250)
  await append('instance:a')
  clock.advance(101 * DAY)
  await deleteOld(clock.now(), kept.map(seen))
  expect(await left('instance')).toHaveLength(250)
})

it('a storage that fails is no failure of the one who watches', async () => {
  const { clock, store } = open()
  const streams: typeof store.events.streams = () => {
    throw new Error('not now')
  }
  await createDeleteOld({ ...store, events: { ...store.events, streams } })(clock.now(), [])
})
