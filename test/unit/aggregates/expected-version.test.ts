import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Repository, repository } from '../../../src/aggregates/repository.ts'
import type { RepositoryStorage } from '../../../src/aggregates/state/context.ts'
import { WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import type { EventTypesOf } from '../../../src/core/events/types.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { type AccountState, account, accountEvents, deposit, open, yearlyAccount } from './account.ts'
import { eventsOf } from './chain.ts'
import { crashingStorage, noCrash } from './crashing-storage.ts'
import { storages } from './storages.ts'

type Accounts = Repository<AccountState, EventTypesOf<typeof accountEvents>>

const one = (state: AccountState) => deposit(state, 1)
const conflict = (expected: unknown, actual: number) => ({ code: 'WrongExpectedVersion', expected, actual })

/** A storage in which another writer deposits 10 just before each of the first `times` appends. */
function overtaken(storage: StoragePort, times: number): RepositoryStorage {
  const rivals = crashingStorage(storage, noCrash)
  const { append } = rivals.events
  rivals.events.append = async (streamId, events, options) => {
    const rival = { eventType: 'Deposited', eventData: { amount: 10 }, metadata: { eventId: crypto.randomUUID() } }
    if (times-- > 0) await append(streamId, [rival], { expectedVersion: 'any' })
    return append(streamId, events, options)
  }
  return rivals
}

describe.each(storages)('a command that expects a version over %s', (_, openStorage) => {
  test('runs at that version only, also where it decides nothing', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    const opening = (state: AccountState) => open(state, 'ann')
    await expect(accounts.execute('1', opening, { expectedVersion: 1 })).rejects.toMatchObject(conflict(1, 0))
    await expect(accounts.execute('1', opening, { expectedVersion: 'streamExists' })).rejects.toMatchObject(
      conflict('streamExists', 0),
    )
    expect(await accounts.execute('1', opening, { expectedVersion: 'noStream' })).toMatchObject({ version: 1 })
    await expect(accounts.execute('1', one, { expectedVersion: 'noStream' })).rejects.toMatchObject(
      conflict('noStream', 1),
    )
    expect(await accounts.execute('1', one, { expectedVersion: 1 })).toMatchObject({ version: 2 })
    await expect(accounts.execute('1', () => [], { expectedVersion: 1 })).rejects.toMatchObject({
      ...conflict(1, 2),
      streamId: 'account:1',
    })
    expect(await accounts.execute('1', () => [], { expectedVersion: 2 })).toMatchObject({ version: 2, events: [] })
    expect(await accounts.execute('1', one, { expectedVersion: 'streamExists' })).toMatchObject({ version: 3 })
    expect(await accounts.execute('1', one, { expectedVersion: 'any' })).toMatchObject({ version: 4 })
  })

  test('is carried out once of two that expect the same, in one process and in two', async () => {
    await using storage = await openStorage()
    const [here, there] = [repository(storage, account), repository(storage, account)]
    await here.execute('1', (state) => open(state, 'ann'))
    for (const [version, pair] of [[1, [here, here]] as const, [2, [here, there]] as const]) {
      const outcomes = await Promise.allSettled(
        pair.map((accounts) => accounts.execute('1', one, { expectedVersion: version })),
      )
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const { reason } = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
      expect(reason).toMatchObject(conflict(version, version + 1))
    }
    expect(await here.load('1')).toMatchObject({ version: 3, state: { balance: 2 } })
  })

  test.each([0, 8])('does not run again after a conflict, with %i retries', async (retries) => {
    await using storage = await openStorage()
    await repository(storage, account).execute('1', (state) => open(state, 'ann'))
    const accounts = repository(overtaken(storage, 1), account, { retries })
    let runs = 0
    const counted = (state: AccountState) => {
      runs++
      return one(state)
    }
    await expect(accounts.execute('1', counted, { expectedVersion: 1 })).rejects.toMatchObject(conflict(1, 2))
    expect(runs).toBe(1)
    await expect(
      repository(overtaken(storage, 1), account, { retries }).execute('2', (state) => open(state, 'bob'), {
        expectedVersion: 'noStream',
      }),
    ).rejects.toMatchObject(conflict('noStream', 1))
    expect(await eventsOf(storage, 'account:1')).toHaveLength(2)
  })

  test('runs again after a conflict where any version of an existing stream will do', async () => {
    await using storage = await openStorage()
    await repository(storage, account).execute('1', (state) => open(state, 'ann'))
    const accounts = repository(overtaken(storage, 2), account)
    const done = await accounts.execute('1', one, { expectedVersion: 'streamExists' })
    expect(done).toMatchObject({ version: 4, state: { balance: 21 } })
  })

  test('returns the earlier result of its command id, whatever it expects by then', async () => {
    await using storage = await openStorage()
    const [here, there] = [repository(storage, account), repository(storage, account)]
    await here.execute('1', (state) => open(state, 'ann'))
    const named = { commandId: 'deposit', expectedVersion: 1 }
    const [first, second] = await Promise.all([here.execute('1', one, named), there.execute('1', one, named)])
    expect([first.duplicate, second.duplicate].toSorted()).toEqual([false, true])
    await here.execute('1', one)
    for (const accounts of [here, there, repository(storage, account, { retries: 0 })]) {
      expect(await accounts.execute('1', one, named)).toMatchObject({ version: 2, duplicate: true })
    }
    await expect(here.execute('1', one, { ...named, commandId: 'other' })).rejects.toMatchObject(conflict(1, 3))
  })

  test('means the stream of the open period', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, yearlyAccount)
    const opening = (state: AccountState) => open(state, 'ann')
    await expect(accounts.execute('1', opening, { period: '2020', expectedVersion: 3 })).rejects.toMatchObject({
      ...conflict(3, 0),
      streamId: 'account:1',
    })
    await accounts.execute('1', opening, { period: '2020', expectedVersion: 'noStream' })
    await expect(accounts.execute('1', one, { period: '2020', expectedVersion: 2 })).rejects.toMatchObject({
      ...conflict(2, 1),
      streamId: 'account:1:2020',
    })
    await accounts.execute('1', one, { period: '2020', expectedVersion: 1 })
    await expect(accounts.execute('1', one, { period: '2021', expectedVersion: 1 })).rejects.toMatchObject({
      ...conflict(1, 2),
      streamId: 'account:1:2020',
    })
    expect(await accounts.periods('1')).toEqual(['2020'])
    // A later period begins with the state that was expected of the open one.
    expect(await accounts.execute('1', one, { period: '2021', expectedVersion: 2 })).toMatchObject({
      streamId: 'account:1:2021',
      version: 2,
      state: { balance: 2 },
    })
    await expect(accounts.execute('1', one, { period: '2020', expectedVersion: 2 })).rejects.toMatchObject({
      code: 'PeriodClosed',
    })
  })
})

test('what is no expected version is refused before the command runs', async () => {
  const accounts = repository(openMemory(), account)
  for (const expectedVersion of [-1, 1.5, Number.NaN, 'none', null]) {
    const executing = accounts.execute('1', () => expect.unreachable() as never, { expectedVersion } as never)
    await expect(executing).rejects.toMatchObject({ code: 'InvalidExpectedVersion' })
  }
  const log = eventStore(openMemory(), accountEvents)
  const unaware = log.append as (...args: readonly unknown[]) => Promise<unknown>
  await expect(unaware('account:1', [{ type: 'Deposited', data: {} }])).rejects.toMatchObject({
    code: 'InvalidExpectedVersion',
  })
})

test('writers that retry by what they saw lose no update of each other', async () => {
  const writers = fc.array(
    fc.record({ cache: fc.boolean(), snapshots: fc.boolean(), deposits: fc.integer({ min: 1, max: 6 }) }),
    { minLength: 2, maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(writers, fc.boolean(), async (settings, named) => {
      const storage = openMemory()
      await repository(storage, account).execute('1', (state) => open(state, 'ann'))
      const seen: number[] = []
      const write = async (accounts: Accounts, name: string) => {
        for (;;) {
          const { version } = await accounts.load('1')
          try {
            const options = { expectedVersion: version, ...(named && { commandId: name }) }
            const done = await accounts.execute('1', one, options)
            expect(done.version).toBe(version + 1)
            seen.push(version)
            return
          } catch (error) {
            if (!(error instanceof WrongExpectedVersion)) throw error
            expect(error.expected).toBe(version)
            expect(error.actual).toBeGreaterThan(version)
          }
        }
      }
      const running = settings.flatMap(({ cache, snapshots, deposits }, who) => {
        const accounts = repository(storage.reopen(), account, {
          ...(!cache && { cache: false }),
          ...(snapshots && { snapshots: { every: 2 } }),
        })
        return Array.from({ length: deposits }, (_, i) => write(accounts, `${who}-${i}`))
      })
      await Promise.all(running)
      expect(seen.toSorted((a, b) => a - b)).toEqual(running.map((_, i) => i + 1))
      const { state } = await repository(storage, account).load('1')
      expect(state.balance).toBe(running.length)
    }),
    { numRuns: 60 },
  )
})
