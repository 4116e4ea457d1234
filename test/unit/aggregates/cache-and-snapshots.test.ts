import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import type { RepositoryOptions } from '../../../src/aggregates/repository-options.ts'
import { stateCache } from '../../../src/aggregates/state/state-cache.ts'
import { fingerprintOf } from '../../../src/aggregates/state/state-fingerprint.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { DataSchema } from '../../../src/core/events/definition-types.ts'
import type { SnapshotDocument } from '../../../src/core/port/snapshot-store.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { account, accountEvents, deposit, open } from './account.ts'
import { eventsOf, plainFold } from './chain.ts'
import { crashingStorage } from './crashing-storage.ts'
import { storages } from './storages.ts'

/** An account with some events. */
async function filled(storage: StoragePort, deposits: number): Promise<void> {
  const accounts = repository(storage, account)
  await accounts.execute('1', (state) => open(state, 'ann'))
  for (let i = 1; i <= deposits; i++) await accounts.execute('1', (state) => deposit(state, i, `n${i}`))
}

/** Counts the calls of a storage's port and the events that they read. */
function counting(storage: StoragePort) {
  const calls: string[] = []
  const counted = crashingStorage(storage, (call) => {
    calls.push(call)
    return 'none'
  })
  const { load } = counted.events
  let read = 0
  counted.events.load = async (...args) => {
    const loaded = await load(...args)
    read += loaded.events.length
    return loaded
  }
  return { storage: counted, calls, read: () => read }
}

describe.each(storages)('what saves reading over %s', (name, openStorage) => {
  const kinds: readonly RepositoryOptions[] = [
    { cache: false },
    { cache: { max: 2 } },
    { cache: false, snapshots: { every: 1 } },
    { cache: { max: 1 }, snapshots: { every: 3 } },
  ]

  test('is not used where another event stands at the version of a state in memory', async () => {
    await using storage = openMemory()
    await filled(storage, 3)
    const accounts = repository(storage, account)
    expect((await accounts.load('1')).state).toMatchObject({ balance: 6 })
    storage.loseTail('account:1', 4)
    const other = repository(storage.reopen(), account)
    await other.execute('1', (state) => deposit(state, 100))
    expect((await accounts.load('1')).state).toMatchObject({ balance: 103 })
  })

  test('is not used where another event stands at the version of a snapshot: the log was restored', async () => {
    await using storage = await openStorage({ clock: manualClock() })
    await filled(storage, 3)
    const accounts = repository(storage, account, { cache: false, snapshots: { every: 1 } })
    await accounts.execute('1', (state) => deposit(state, 1))
    await accounts.settled()
    const snapshot = (await storage.snapshots.get('account:1')) as SnapshotDocument
    expect(snapshot).toMatchObject({ version: 5, eventId: expect.any(String) })
    const state = { ...(snapshot.state as object), balance: 1_000 }
    await storage.snapshots.save({ ...snapshot, state, eventId: 'of a lost event' })
    const events = await eventsOf(storage, 'account:1')
    expect((await accounts.load('1')).state).toEqual(await plainFold(events))
    const { eventId: _, ...older } = { ...snapshot, state }
    await storage.snapshots.save(older)
    expect((await accounts.load('1')).state, 'a snapshot from before').toMatchObject({ balance: 1_000 })
  })

  test('never changes a state: now, at any version and at any time', async () => {
    const step = fc.record({ kind: fc.nat({ max: 3 }), id: fc.constantFrom('1', '2', '3'), events: fc.nat({ max: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const clock = manualClock()
        await using storage = await openStorage({ clock })
        const repositories = kinds.map((options) => repository(storage, account, options))
        for (const { kind, id, events } of steps) {
          const one = repositories[kind] as (typeof repositories)[number]
          clock.advance(events)
          await one.execute(id, () =>
            Array.from({ length: events }, (_, i) => ({ type: 'Deposited', data: { amount: i, note: `${kind}` } })),
          )
          // Another order of reading and saving each time.
          if (events % 2 === 0) await one.settled()
        }
        for (const id of ['1', '2', '3']) {
          const events = await eventsOf(storage, `account:${id}`)
          for (const one of repositories) {
            await one.settled()
            const now = await one.load(id)
            expect(now).toMatchObject({ version: events.length, state: await plainFold(events) })
            for (let version = 0; version <= events.length; version++) {
              const then = await one.load(id, { asOf: { version } })
              expect(then).toMatchObject({ version, exists: version > 0 })
              expect(then.state).toEqual(await plainFold(events.slice(0, version)))
            }
            for (const time of events.map(({ metadata }) => new Date(metadata.recordedAt))) {
              const before = events.filter(({ metadata }) => new Date(metadata.recordedAt) <= time)
              const then = await one.load(id, { asOf: { time } })
              expect(then.version).toBe(before.length)
              expect(then.state).toEqual(await plainFold(before))
            }
          }
        }
      }),
      // Opening a folder costs a hundred times as much.
      { numRuns: name === 'memory' ? 60 : 6 },
    )
  })

  test('reads only what came after', async () => {
    await using storage = await openStorage()
    await filled(storage, 20)
    const { storage: counted, read } = counting(storage)
    const accounts = repository(counted, account)
    await accounts.load('1')
    expect(read()).toBe(21)
    await repository(storage, account).execute('1', (state) => deposit(state, 5))
    await accounts.load('1')
    // The event that the cached state ends with shows that the stream is still the same.
    expect(read()).toBe(23)
    await accounts.execute('1', (state) => deposit(state, 5))
    expect(read()).toBe(24)

    const snapshotted = repository(storage, account, { snapshots: { every: 10 } })
    await snapshotted.execute('1', (state) => deposit(state, 1))
    await snapshotted.settled()
    expect((await storage.snapshots.get('account:1'))?.version).toBe(24)
    const cold = counting(storage)
    const { state } = await repository(cold.storage, account, { snapshots: { every: 10 } }).load('1')
    expect(cold.read()).toBe(1)
    expect(state).toEqual(await plainFold(await eventsOf(storage, 'account:1')))
  })

  test('folds a stream of more than one page', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account, { cache: false })
    for (let i = 0; i < 3; i++) {
      await accounts.execute('1', () => Array.from({ length: 400 }, () => ({ type: 'Deposited', data: {} })))
    }
    expect(await accounts.load('1')).toMatchObject({ version: 1200, state: { balance: 1200 } })
    expect(await accounts.load('1', { asOf: { version: 501 } })).toMatchObject({
      version: 501,
      state: { balance: 501 },
    })
    expect(await accounts.load('1', { asOf: { version: 9999 } })).toMatchObject({ version: 1200 })
  })

  test('a snapshot is due every N events, once', async () => {
    await using storage = await openStorage()
    const { storage: counted, calls } = counting(storage)
    for (const cache of [{ max: 10 }, false] as const) {
      const accounts = repository(counted, account, { cache, snapshots: { every: 5 } })
      const id = cache ? '1' : '2'
      const versions: number[] = []
      for (let i = 1; i <= 17; i++) {
        await accounts.execute(id, () => ({ type: 'Deposited', data: {} }))
        await accounts.settled()
        versions.push((await storage.snapshots.get(`account:${id}`))?.version ?? 0)
      }
      expect([...new Set(versions)]).toEqual([0, 5, 10, 15])
    }
    expect(calls.filter((call) => call === 'snapshots.save')).toHaveLength(6)
  })

  const broken: readonly [string, (snapshot: SnapshotDocument) => SnapshotDocument][] = [
    ['of another definition', (snapshot) => ({ ...snapshot, definition: 'other' })],
    ['of another life of the log', (snapshot) => ({ ...snapshot, incarnation: 'other' })],
    ['ahead of the stream', (snapshot) => ({ ...snapshot, version: 99 })],
    ['with no version', (snapshot) => ({ ...snapshot, version: 'x' as never })],
    ['with a state of another kind', (snapshot) => ({ ...snapshot, state: 'x' })],
    ['with a state that cannot be folded on', (snapshot) => ({ ...snapshot, version: 3, state: { notes: null } })],
  ]

  test.each(broken)('a snapshot %s costs time only', async (_name, spoil) => {
    await using storage = await openStorage()
    await filled(storage, 8)
    const accounts = repository(storage, account, { cache: false, snapshots: { every: 3 } })
    await accounts.execute('1', (state) => deposit(state, 1))
    await accounts.settled()
    const snapshot = (await storage.snapshots.get('account:1')) as SnapshotDocument
    const wrong = { ...snapshot, state: { owner: 'wrong', balance: 0, notes: [] } }
    await storage.snapshots.save(spoil(wrong))
    const { state, version } = await accounts.load('1')
    expect(version).toBe(10)
    expect(state).toEqual(await plainFold(await eventsOf(storage, 'account:1')))
    expect(await accounts.execute('1', (own) => deposit(own, 1))).toMatchObject({ version: 11 })
  })

  test('a snapshot that is saved after its stream was deleted does not stay', async () => {
    await using storage = await openStorage()
    const began = Promise.withResolvers<void>()
    const deleted = Promise.withResolvers<void>()
    const save: typeof storage.snapshots.save = async (snapshot) => {
      began.resolve()
      await deleted.promise
      await storage.snapshots.save(snapshot)
    }
    const held = { ...storage, snapshots: { ...storage.snapshots, save } }
    const accounts = repository(held, account, { snapshots: { every: 1 } })
    await accounts.execute('1', (state) => open(state, 'ann'))
    await began.promise
    await deleteStream(storage, 'account:1')
    deleted.resolve()
    await accounts.settled()
    expect(await storage.snapshots.get('account:1')).toBeUndefined()
  })

  test('a snapshot store that fails is told of, and fails no command', async () => {
    await using storage = await openStorage()
    const failing = crashingStorage(storage, (call) => (call.startsWith('snapshots') ? 'before' : 'none'))
    const errors: string[] = []
    const onError = (error: unknown, streamId: string) => errors.push(`${streamId} ${(error as Error).message}`)
    const accounts = repository(failing, account, { cache: false, snapshots: { every: 1, onError } })
    await accounts.execute('1', (state) => open(state, 'ann'))
    await accounts.settled()
    expect(errors).toEqual(['account:1 snapshots.get', 'account:1 snapshots.save'])
    expect(await accounts.load('1')).toMatchObject({ version: 1 })
  })
})

describe('a cached state', () => {
  test('is not gone on from where another event stands at its version', async () => {
    await using storage = openMemory()
    await using renewed = openMemory()
    await filled(storage, 4)
    await repository(renewed, account).execute('1', (state) => open(state, 'bob'))
    await repository(renewed, account).execute('1', () =>
      [7, 7, 7, 7].map((amount) => ({ type: 'Deposited' as const, data: { amount } })),
    )
    let current: StoragePort = storage
    const switched = {
      limits: storage.limits,
      incarnation: 'one',
      snapshots: storage.snapshots,
      get events() {
        return current.events
      },
    }
    const accounts = repository(switched, account)
    const before = await accounts.load('1')
    current = renewed
    const { state } = await accounts.load('1')
    expect(state).toEqual(await plainFold(await eventsOf(renewed, 'account:1')))
    expect(state.owner).not.toBe(before.state.owner)
  })

  test('of a log that was cut or written anew is noticed, also under the same incarnation', async () => {
    const old = openMemory()
    const renewed = openMemory()
    const cut = openMemory()
    await using disposable = new AsyncDisposableStack()
    for (const storage of [old, renewed, cut]) disposable.use(storage)
    await filled(old, 4)
    await filled(renewed, 9)
    await filled(cut, 1)
    let current: StoragePort = old
    const switched = {
      limits: old.limits,
      incarnation: 'one',
      get events() {
        return current.events
      },
      get snapshots() {
        return current.snapshots
      },
    }
    const accounts = repository(switched, account)
    for (const storage of [old, renewed, old, cut, renewed]) {
      current = storage
      expect((await accounts.load('1')).state).toEqual(await plainFold(await eventsOf(storage, 'account:1')))
    }
  })

  test('of another incarnation is not answered, and an older one does not replace a newer one', () => {
    let incarnation = 'a'
    const cache = stateCache<number>(2, () => incarnation)
    cache.put('x', { state: 2, version: 2, snapshotVersion: 0 })
    cache.put('x', { state: 1, version: 1, snapshotVersion: 0 })
    expect(cache.get('x')?.state).toBe(2)
    incarnation = 'b'
    expect(cache.get('x')).toBeUndefined()
    cache.put('x', { state: 1, version: 1, snapshotVersion: 0 })
    expect(cache.get('x')?.state).toBe(1)
    cache.put('y', { state: 1, version: 1, snapshotVersion: 0 })
    cache.put('z', { state: 1, version: 1, snapshotVersion: 0 })
    expect(cache.get('x')).toBeUndefined()
  })
})

describe('the fingerprint of an aggregate', () => {
  const { Opened, Deposited, CarriedOver } = accountEvents.definitions as unknown as Record<
    'Opened' | 'Deposited' | 'CarriedOver',
    DataSchema
  >
  const versioned = (upcast: (data: unknown) => unknown) =>
    defineEvents({ Opened: { schema: Opened, version: 2, upcast: { 1: upcast } }, Deposited, CarriedOver })
  const others = {
    initial: { ...account, initial: { ...account.initial, balance: 1 } },
    handler: { ...account, evolve: { ...account.evolve, Opened: (state: typeof account.initial) => state } },
    version: { ...account, events: versioned((data) => data) },
    upcaster: { ...account, events: versioned((data) => ({ ...(data as object) })) },
  }

  test('changes with all that makes the state', () => {
    const prints = [account, ...Object.values(others)].map((one) => fingerprintOf(one as typeof account, ''))
    prints.push(fingerprintOf(account, 'salt'))
    expect(new Set(prints).size).toBe(prints.length)
    expect(fingerprintOf({ ...account, evolve: { ...account.evolve } }, '')).toBe(prints[0])
  })
})
