import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { type AppendMode, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { ViewDocument } from '../../../../../src/core/port/view-store.ts'
import { decodePosition, encodePosition, type PositionToken } from '../../../../../src/core/positions/position-token.ts'
import { cosmosEmulator, type InProcessEmulator } from '../../../../../src/cosmos-emulator/index.ts'

/** Two openings of one storage, each by a client of its own, as two processes are. */
async function start(append: AppendMode = 'transactionalBatch') {
  const emulator = cosmosEmulator()
  const open = () => openAnother(emulator, append)
  const [one, other] = [await open(), await open()]
  // From here on, replicas keep what was.
  emulator.staleReads = 9
  return { emulator, one, other, open }
}

async function openAnother(emulator: InProcessEmulator, append: AppendMode) {
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const port = await openCosmosPort(client, { database: 'd', append, setup: true, deadline: 15_000 })
  onTestFinished(() => port.close())
  return port
}

const event = (eventId: string) => ({ eventType: 'E', eventData: {}, metadata: { eventId } })

test('an append of another process is found, however old the replicas are', async () => {
  const { one, other } = await start()
  await one.events.append('a:1', [event('x'), event('y')], { expectedVersion: 0 })
  const found = await other.events.findAppend('a:1', 'x')
  expect([found?.version, found?.events.length]).toEqual([2, 2])
  expect(await other.events.findAppend('a:1', 'z')).toBeUndefined()
  await one.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 2 })
  await expect(other.events.findAppend('a:1', 'z')).rejects.toMatchObject({ code: 'StreamDeleted' })
})

test('an append of more events than a batch takes is found whole', async () => {
  const { one } = await start('storedProcedure')
  const { other } = { other: await openAnother(cosmosEmulator(), 'transactionalBatch') }
  await other.close()
  const events = Array.from({ length: 100 }, (_, i) => event(`e${i}`))
  await one.events.append('a:1', events, { expectedVersion: 0 })
  for (const id of ['e0', 'e50', 'e99']) expect((await one.events.findAppend('a:1', id))?.events).toHaveLength(100)
})

test('an event that no replica shows yet is not taken for an erased one, whatever its token says', async () => {
  const { one, other } = await start()
  const { position } = await one.events.append('a:1', [event('x')], { expectedVersion: 0 })
  const { incarnation, marks } = decodePosition(position)
  const [mark] = marks
  if (mark === undefined) throw new RangeError('no mark')
  const { session: _, ...without } = mark
  for (const one of [mark, without, { ...without, lsn: 7 }, { ...without, session: '0:-1#4' }]) {
    const token = encodePosition({ incarnation, marks: [one] })
    expect(await other.events.locate(token), JSON.stringify(one)).toMatchObject([{ at: { lsn: 1, version: 1 } }])
  }
})

test('what was erased by another process is erased, and what the log lost is pending', async () => {
  const { one, other } = await start()
  const { position } = await one.events.append('a:1', [event('x'), event('y')], { expectedVersion: 0 })
  await one.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 2 })
  await one.events.erase('a:1')
  expect(await other.events.locate(position)).toMatchObject([{ at: 'erased' }])
  const { incarnation } = one
  const lost = encodePosition({ incarnation, marks: [{ streamId: 'a:2', version: 4, hash: '00', session: '0:-1#99' }] })
  expect(await other.events.locate(lost)).toMatchObject([{ at: 'pending' }])
})

test.each(['0:-1#999999999', '0:-1#9007199254740991', '0:-1#5,1:-1#6', '7:-1#3', '0:1#9#1=8', 'x'])(
  'no session in a token keeps a handle from reading: %j',
  async (session) => {
    const { one } = await start()
    await one.events.append('a:1', [event('x')], { expectedVersion: 0 })
    const { incarnation } = one
    const token = (streamId: string, version: number): PositionToken =>
      encodePosition({ incarnation, marks: [{ streamId, version, hash: '00', session }] })
    expect(await one.events.locate(token('a:1', 1))).toMatchObject([{ at: { lsn: 1 } }])
    expect(await one.events.locate(token('b:1', 1))).toMatchObject([{ at: 'pending' }])
    await expect(one.events.locate(token('x/y', 1))).rejects.toMatchObject({ code: expect.stringMatching(/^Invalid/) })
    expect((await one.events.load('a:1')).version).toBe(1)
    expect((await one.events.append('a:1', [event('y')], { expectedVersion: 1 })).version).toBe(2)
  },
)

test('a session that names what the log lost, as a forced failover loses it, ends no handle', async () => {
  const { emulator, one, other } = await start()
  emulator.staleReads = 0
  await one.events.append('a:1', [event('x')], { expectedVersion: 0 })
  const range = { min: '', max: 'FF' }
  const lease = { projection: 'p', version: 1, range, owner: null, expiresAt: 0, readTo: 0, incarnation: 'i' }
  // A lease of before the failover: its session is past the end of what is left of the views.
  const saved = await one.leases.save({ ...lease, id: 'l', continuation: null, session: '0:-1#99' }, 'ifAbsent')
  expect(saved.saved).toBe(true)
  expect(await other.leases.list()).toHaveLength(1)
  const key = 'k'
  expect(await other.viewStore.get({ projection: 'p', version: 1, key })).toBeUndefined()
  const view: ViewDocument = { id: '', projection: 'p', version: 1, key, data: {}, incarnation: 'i', tidemarks: [] }
  expect((await other.viewStore.save(view, 'ifAbsent')).saved).toBe(true)
  expect((await other.viewStore.get({ projection: 'p', version: 1, key }))?.document.data).toEqual({})
  expect((await other.viewStore.query({ projection: 'p', version: 1 })).views).toHaveLength(1)
})

test('which version is active is never older than what another process has seen of it', async () => {
  const { one, other } = await start()
  const ref = { projection: '$versions', version: 1, key: 'p' }
  const record: ViewDocument = { ...ref, id: '', data: { active: 1 }, incarnation: 'i', tidemarks: [] }
  expect(await other.viewStore.get(ref)).toBeUndefined()
  const first = await one.viewStore.save(record, 'ifAbsent')
  expect((await other.viewStore.get(ref))?.document.data).toEqual({ active: 1 })
  await one.viewStore.save({ ...record, data: { active: 2 } }, { ifMatch: first.saved ? first.etag : '' })
  expect((await other.viewStore.get(ref))?.document.data).toEqual({ active: 2 })
  expect((await other.viewStore.getMany('$versions', 1, ['p'])).get('p')?.document.data).toEqual({ active: 2 })
})
