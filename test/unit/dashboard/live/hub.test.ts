import { expect, test } from 'vitest'
import { FakeResponse } from './fake-response.ts'
import { settled, tableHub } from './table-hub.ts'

const names = (events: readonly { readonly event: string }[]) => events.map(({ event }) => event)

test('a client is greeted, sent the table once it is known, and then what changes', async () => {
  const { hub, set, connect } = await tableHub()
  await set('a', 1)
  const client = connect()
  await settled()
  const first = client.take()
  expect(names(first)).toEqual(['hello', 'snapshot', 'ping'])
  expect(first[1]?.data).toMatchObject({ topic: 'recent', rev: 1, data: { 'a@0': { type: '1' } } })
  await set('b', 2)
  await set('a', null)
  expect(client.take()).toMatchObject([
    { id: 'e1-1', event: 'patch', data: { topic: 'recent', rev: 2, from: 1, set: { 'b@0': { type: '2' } } } },
    { id: 'e1-2', event: 'patch', data: { rev: 3, from: 2, set: { 'a@0': null } } },
  ])
  hub.close()
})

test('a client that disconnected before it could be served takes no place and holds no topic', async () => {
  const tables = await tableHub()
  const hello = { release: '1', role: 'viewer', everyMs: 1000, series: [] } as const
  for (let i = 0; i < 64; i++) {
    const gone = new FakeResponse().destroy().asResponse()
    tables.hub.serve(gone, { topics: ['recent'], session: 'one', lastEventId: undefined, hello })
  }
  await settled()
  expect(tables.computed).toBe(0)
  expect(names(tables.connect().take())).toEqual(['hello'])
  tables.hub.close()
})

test('a table that is computed again and has not changed is not sent', async () => {
  const { hub, set, connect } = await tableHub()
  const client = connect()
  await set('a', 1)
  client.take()
  await set('a', 1)
  expect(client.take()).toEqual([])
  hub.close()
})

test('fifty clients share one computation', async () => {
  const tables = await tableHub()
  const clients = Array.from({ length: 50 }, (_, i) => tables.connect(undefined, ['recent'], `${i}`))
  await settled()
  expect([tables.computed, tables.watching]).toEqual([1, 1])
  await tables.set('a', 1)
  expect(tables.computed).toBe(2)
  for (const client of clients) expect(names(client.take())).toContain('patch')
  tables.hub.close()
})

test('a topic is computed until 15 seconds after its last subscriber left', async () => {
  const tables = await tableHub()
  const client = tables.connect()
  await settled()
  client.destroy()
  await pass(tables.clock, 10_000)
  await tables.set('a', 1)
  expect(tables.computed).toBe(2)
  await pass(tables.clock, 10_000)
  await tables.set('a', 2)
  expect([tables.computed, tables.watching]).toEqual([2, 0])
  tables.hub.close()
})

/** Lets time pass in steps of one heartbeat. */
async function pass(clock: { advance(milliseconds: number): void }, milliseconds: number): Promise<void> {
  for (let passed = 0; passed < milliseconds; passed += 5_000) {
    clock.advance(5_000)
    await settled()
  }
}

test('a client that reconnects is sent what it missed, and no snapshot', async () => {
  const { hub, set, connect } = await tableHub()
  const client = connect()
  await set('a', 1)
  await set('a', 2)
  const last = client.take().at(-1)?.id
  client.destroy()
  await set('a', 3)
  await set('b', 1)
  const again = connect(last)
  expect(again.take()).toMatchObject([
    { event: 'hello' },
    { id: 'e1-3', event: 'patch', data: { set: { 'a@0': { type: '3' } } } },
    { id: 'e1-4', event: 'patch', data: { set: { 'b@0': { type: '1' } } } },
  ])
  hub.close()
})

test.each(['e0-1', 'e1-99', 'e1-', 'e1--1', 'e1-x', 'nonsense'])(
  'a client whose last id, %s, is not known is sent a snapshot',
  async (id) => {
    const { hub, set, connect } = await tableHub()
    connect()
    await set('a', 1)
    await set('a', 2)
    expect(names(connect(id).take())).toEqual(['hello', 'snapshot', 'ping'])
    hub.close()
  },
)

test('a client that missed more messages than are kept is sent a snapshot', async () => {
  const { hub, set, connect } = await tableHub()
  const client = connect()
  await set('a', 0)
  const last = client.take().at(-1)?.id
  client.destroy()
  for (let i = 1; i <= 600; i++) hub.publish('sample', { t: i, v: [] })
  expect(names(connect(last).take())).toEqual(['hello', 'snapshot', 'ping'])
  hub.close()
})

test('a client that was disconnected while its topic was not computed is sent a snapshot', async () => {
  const { hub, clock, set, connect } = await tableHub()
  const client = connect()
  await set('a', 1)
  await set('a', 2)
  const last = client.take().at(-1)?.id
  client.destroy()
  await pass(clock, 20_000)
  await set('a', 3)
  const again = connect(last)
  await settled()
  expect(names(again.take())).toEqual(['hello', 'snapshot', 'ping'])
  hub.close()
})

test('a client that does not read is kept one patch for each topic, and one sample', async () => {
  const { hub, clock, set, connect } = await tableHub()
  const client = connect()
  await set('a', 0)
  client.take()
  client.pause()
  await set('a', 1)
  for (let i = 2; i <= 300; i++) {
    await set(i % 2 === 0 ? 'a' : 'b', i)
    hub.publish('sample', { t: i, v: [i] })
  }
  expect(client.writableLength).toBeLessThan(300)
  client.resume()
  expect(client.take()).toMatchObject([
    { event: 'patch', data: { set: { 'a@0': { type: '1' } } } },
    { id: undefined, event: 'patch', data: { set: { 'a@0': { type: '300' }, 'b@0': { type: '299' } } } },
    { id: undefined, event: 'sample', data: { t: 300 } },
    { id: expect.stringMatching(/^e1-\d+$/), event: 'ping', data: { at: clock.now() } },
  ])
  hub.close()
})

test('a client that missed too many rows is told to ask for a snapshot', async () => {
  const { hub, table, set, connect } = await tableHub()
  const client = connect()
  await set('first', 1)
  client.pause()
  await set('first', 2)
  for (let i = 0; i < 3_000; i++) table.set(String(i), i)
  await set('second', 1)
  client.take()
  await set('second', 2)
  client.resume()
  expect(client.take()).toMatchObject([
    { event: 'patch' },
    { event: 'gap', data: { topic: 'recent' } },
    { event: 'ping' },
  ])
  const { snapshots } = await hub.snapshots(['recent'])
  expect(Object.keys(snapshots[0]?.data ?? {})).toHaveLength(3_002)
  hub.close()
})

test('a client that has not read for 30 seconds is disconnected', async () => {
  const { hub, clock, set, connect } = await tableHub()
  const client = connect()
  await set('a', 1)
  client.pause()
  await set('a', 2)
  await pass(clock, 25_000)
  expect(client.destroyed).toBe(false)
  await pass(clock, 5_000)
  expect(client.destroyed).toBe(true)
  hub.close()
})

test('a client that leaves more than 1 MB unread is disconnected sooner', async () => {
  const { hub, clock, table, set, connect } = await tableHub()
  const client = connect()
  await set('a', 1)
  client.pause()
  for (let i = 0; i < 20_000; i++) table.set(String(i), i)
  await set('a', 2)
  expect(client.writableLength).toBeGreaterThan(1024 * 1024)
  await pass(clock, 5_000)
  expect(client.destroyed).toBe(false)
  await pass(clock, 5_000)
  expect(client.destroyed).toBe(true)
  hub.close()
})

test('the time is sent every five seconds', async () => {
  const { hub, clock, set, connect } = await tableHub()
  const client = connect()
  await set('a', 1)
  client.take()
  await pass(clock, 10_000)
  expect(names(client.take())).toEqual(['ping', 'ping'])
  hub.close()
})

test('the 65th client is refused until another one leaves', async () => {
  const { hub, connect } = await tableHub()
  const clients = Array.from({ length: 64 }, (_, i) => connect(undefined, ['recent'], `${i}`))
  expect(() => connect()).toThrow('All 64 event streams are in use')
  clients[0]?.destroy()
  expect(connect().destroyed).toBe(false)
  hub.close()
})

test('the 17th stream of one session is refused, and those of others are not', async () => {
  const { hub, connect } = await tableHub()
  const clients = Array.from({ length: 16 }, () => connect())
  expect(() => connect()).toThrow('All 16 event streams are in use')
  expect(connect(undefined, ['recent'], 'two').destroyed).toBe(false)
  clients[0]?.destroy()
  expect(connect().destroyed).toBe(false)
  hub.close()
})

test('streams end with their session, and all of them when the dashboard closes', async () => {
  const { hub, connect } = await tableHub()
  const [one, two] = [connect(undefined, ['recent'], 'one'), connect(undefined, ['recent'], 'two')]
  hub.endSession('one')
  expect([one.writableEnded, two.writableEnded]).toEqual([true, false])
  hub.close()
  expect(two.writableEnded).toBe(true)
  expect(() => connect()).toThrow('The server is shutting down')
})

test('a table that is not known within three seconds is left out of an answer', async () => {
  const { hub, clock } = await tableHub()
  const known = hub.snapshots(['recent'])
  await settled()
  expect((await known).snapshots).toHaveLength(1)
  const { hub: other, clock: otherClock } = await tableHub()
  const answer = other.snapshots([])
  await settled()
  otherClock.advance(3_000)
  expect((await answer).snapshots).toEqual([])
  expect(clock.now()).toBe((await known).at)
  hub.close()
  other.close()
})
