import { CosmosClient } from '@azure/cosmos'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { type AppendMode, type CosmosPort, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { ExpectedVersion } from '../../../../../src/core/append/expected-version.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import { cosmosEmulator, type InProcessEmulator } from '../../../../../src/cosmos-emulator/index.ts'

let emulator: InProcessEmulator
let client: CosmosClient
let ports: CosmosPort[]

beforeEach(() => {
  emulator = cosmosEmulator()
  client = new CosmosClient(emulator)
  ports = []
})

afterEach(async () => {
  for (const port of ports) await port.close()
  client.dispose()
})

async function open(append: AppendMode, through = client): Promise<CosmosPort> {
  const port = await openCosmosPort(through, { database: 'd', append, setup: true, deadline: 20_000 })
  ports.push(port)
  return port
}

let ids = 0
const events = (count: number): NewEventDocument[] =>
  Array.from({ length: count }, () => ({ eventType: 'E', eventData: {}, metadata: { eventId: `e${ids++}` } }))

const append = (port: CosmosPort, count: number, expectedVersion: ExpectedVersion) =>
  port.events.append('a:1', events(count), { expectedVersion })

/** The stream as it is, whatever replicas say. */
async function truth() {
  const { staleReads, faults } = emulator
  emulator.staleReads = 0
  emulator.faults = undefined
  const fresh = await open('storedProcedure')
  const { events: all } = await fresh.events.load('a:1')
  emulator.staleReads = staleReads
  emulator.faults = faults
  return all.map(({ metadata }) => metadata.eventId)
}

for (const mode of ['storedProcedure', 'transactionalBatch'] as const) {
  describe(`with stale replicas, append: ${mode}`, () => {
    test('an end that comes to light between two looks is the one that was asked for', async () => {
      const end = (port: CosmosPort) =>
        port.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
      const one = await open(mode)
      // A client has a session of its own as well, and passes it on to all that are opened with it.
      const stranger = new CosmosClient(emulator)
      onTestFinished(() => stranger.dispose())
      const other = await open(mode, stranger)
      // From here on, replicas keep what was.
      emulator.staleReads = 1
      await append(one, 3, 0)
      await end(one)
      let looks = 0
      emulator.staleReads = () => (looks++ === 0 ? 1 : 0)
      expect(await end(other)).toMatchObject({ version: 4, duplicate: true })
    })

    test('nobody is refused for what another handle wrote and no replica has yet', async () => {
      const [one, other] = [await open(mode), await open(mode)]
      await append(one, 1, 0)
      emulator.staleReads = 5
      for (let version = 1; version < 9; version += 2) {
        expect((await append(one, 1, version)).version).toBe(version + 1)
        expect((await append(other, 1, version + 1)).version).toBe(version + 2)
      }
      await expect(append(await open(mode), 1, 20)).rejects.toMatchObject({ actual: 9 })
      expect((await append(await open(mode), 1, 'streamExists')).version).toBe(10)
      expect((await append(await open(mode), 1, 'any')).version).toBe(11)
      expect(await truth()).toHaveLength(11)
    })

    test('a repeat through another handle is a duplicate, for every expectation', async () => {
      const [one, other] = [await open(mode), await open(mode)]
      emulator.staleReads = 5
      for (const [i, expectedVersion] of [0, 'any', 'streamExists', 6].entries()) {
        const batch = events(2)
        const options = { expectedVersion: expectedVersion as ExpectedVersion }
        const first = await one.events.append('a:1', batch, options)
        expect([first.version, first.duplicate]).toEqual([2 * i + 2, false])
        const again = await other.events.append('a:1', batch, options)
        expect([again.version, again.duplicate]).toEqual([2 * i + 2, true])
      }
      expect(await truth()).toHaveLength(8)
    })

    test('writers on several handles lose nothing and write nothing twice', async () => {
      const handles = [await open(mode), await open(mode), await open(mode)]
      emulator.staleReads = 3
      const batches = Array.from({ length: 24 }, () => events(2))
      const append = (batch: NewEventDocument[], i: number) =>
        handles[i % 3]?.events.append('a:1', batch, { expectedVersion: 'any' })
      // Each twice, at the same time, as after an answer that was lost.
      const results = await Promise.all([...batches, ...batches].map(append))
      expect(new Set(results.map((result) => result?.version)).size).toBe(24)
      expect(results.filter((result) => result?.duplicate)).toHaveLength(24)
      const log = await truth()
      expect(log.toSorted()).toEqual(batches.flatMap((b) => b.map(({ metadata }) => metadata.eventId)).toSorted())
    })

    test('no hole opens where a stream was erased', async () => {
      const [one, other] = [await open(mode), await open('transactionalBatch')]
      await append(one, 4, 0)
      await other.events.load('a:1')
      emulator.staleReads = 9
      await one.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 4 })
      expect(await one.events.erase('a:1', { limit: 2 })).toEqual({ done: false })
      expect(await other.events.erase('a:1')).toEqual({ done: true })
      for (const expected of [1, 2, 3, 4, 'any'] as const) {
        await expect(append(other, 1, expected)).rejects.toMatchObject({ code: 'StreamDeleted' })
      }
      await expect(
        other.events.tombstone('a:1', { metadata: { eventId: 'x' } }, { expectedVersion: 'any' }),
      ).rejects.toMatchObject({ code: 'StreamDeleted' })
    })
  })

  describe(`with lost answers, append: ${mode}`, () => {
    const isAppend = (path: string, headers: Readonly<Record<string, string | undefined>>) =>
      path.includes('/sprocs/append') || headers['x-ms-cosmos-is-batch-request'] !== undefined

    test.each(['before', 'after'] as const)(
      'a connection that breaks %s the commit makes no second write',
      async (when) => {
        const port = await open(mode)
        let left = 0
        emulator.faults = ({ path, headers }, response) => {
          if (!isAppend(path, headers) || (response === undefined) !== (when === 'before')) return
          return left-- > 0 ? { cut: true } : undefined
        }
        for (const expected of [0, 'any', 4, 'streamExists'] as const) {
          left = 2
          expect((await append(port, 2, expected)).duplicate).toBe(false)
          expect(left, 'the connection broke').toBeLessThan(2)
        }
        expect(await truth()).toHaveLength(8)
      },
    )

    test('throttling is waited for, and past the deadline it is StorageBusy', async () => {
      const port = await openCosmosPort(client, { database: 'd', append: mode, setup: true, deadline: 400 })
      ports.push(port)
      let refused = 0
      const throttled = { answer: { status: 429, substatus: 3200, retryAfter: 5 } }
      emulator.faults = ({ path }, response) =>
        response === undefined && path.includes('/colls/events') && refused++ < 20 ? throttled : undefined
      expect((await append(port, 1, 0)).version).toBe(1)
      refused = Number.NEGATIVE_INFINITY
      await expect(append(port, 1, 1)).rejects.toMatchObject({ code: 'StorageBusy' })
      emulator.faults = undefined
      expect(await truth()).toHaveLength(1)
    })
  })
}
