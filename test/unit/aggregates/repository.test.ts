import { describe, expect, test } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import type { RepositoryStorage } from '../../../src/aggregates/state/context.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { AlreadyOpened, account, deposit, open } from './account.ts'
import { eventsOf, plainFold } from './chain.ts'
import { crashingStorage, noCrash } from './crashing-storage.ts'
import { storages } from './storages.ts'

/** A clock that notes its pauses and does not keep them. */
function impatientClock(): Clock & { readonly pauses: number[] } {
  const pauses: number[] = []
  return { pauses, now: () => Date.now(), sleep: async (milliseconds) => void pauses.push(milliseconds) }
}

/** A storage in which somebody else deposits 10 just before an append, as long as `isFaster` says so. */
function overtakenBy(storage: StoragePort, isFaster: () => boolean): RepositoryStorage {
  const overtaken = crashingStorage(storage, noCrash)
  const { append } = overtaken.events
  overtaken.events.append = async (streamId, events, options) => {
    const rival = { eventType: 'Deposited', eventData: { amount: 10 }, metadata: { eventId: crypto.randomUUID() } }
    if (isFaster()) await append(streamId, [rival], { expectedVersion: 'any' })
    return append(streamId, events, options)
  }
  return overtaken
}

describe.each(storages)('a repository over %s', (_, openStorage) => {
  test('answers what a command appended, and what it decided on when that was nothing', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    const nothing = await accounts.execute('1', () => [])
    expect(nothing).toMatchObject({ streamId: 'account:1', version: 0, position: null, events: [], duplicate: false })

    const opened = await accounts.execute('1', (state) => [
      open(state, 'ann'),
      { type: 'Deposited', data: {}, metadata: { causationId: 'own' } },
    ])
    expect(opened).toMatchObject({ version: 2, duplicate: false, state: { owner: 'ann', balance: 1 } })
    expect(opened.events).toEqual([
      { type: 'Opened', data: { owner: 'ann' }, version: 1 },
      { type: 'Deposited', data: { amount: 1 }, version: 2 },
    ])

    const idle = await accounts.execute('1', (state) => deposit(state, 0))
    expect(idle).toEqual({ ...opened, events: [] })
    expect(await accounts.load('1')).toEqual({
      streamId: 'account:1',
      state: opened.state,
      version: 2,
      exists: true,
    })
    expect(await accounts.load('2')).toEqual({
      streamId: 'account:2',
      state: account.initial,
      version: 0,
      exists: false,
    })
  })

  test('puts the metadata of a command onto each of its events, under their own', async () => {
    await using storage = await openStorage()
    await repository(storage, account).execute(
      '1',
      () => [
        { type: 'Opened', data: { owner: 'ann' } },
        { type: 'Deposited', data: { amount: 1 }, metadata: { correlationId: 'own' } },
      ],
      { metadata: { correlationId: 'request', causationId: 'cause', user: 'me' } },
    )
    const [first, second] = await eventsOf(storage, 'account:1')
    expect(first?.metadata).toMatchObject({ correlationId: 'request', causationId: 'cause', user: 'me' })
    expect(second?.metadata).toMatchObject({ correlationId: 'own', causationId: 'cause', user: 'me' })
  })

  test('passes on what a command throws, and writes nothing then', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    await accounts.execute('1', (state) => open(state, 'ann'))
    const error = new Error('no')
    await expect(
      accounts.execute('1', () => {
        throw error
      }),
    ).rejects.toBe(error)
    await expect(accounts.execute('1', (state) => open(state, 'bob'))).rejects.toBeInstanceOf(AlreadyOpened)
    await expect(
      accounts.execute('1', () => ({ type: 'Deposited', data: { amount: 'x' as never } })),
    ).rejects.toMatchObject({ code: 'InvalidEventData' })
    await expect(accounts.execute('1', () => ({ type: 'Nope' as never, data: {} }))).rejects.toMatchObject({
      code: 'UnknownEventType',
    })
    await expect(accounts.execute('a:b', () => [])).rejects.toMatchObject({ code: 'InvalidStreamId' })
    await expect(accounts.execute('1', () => [], { period: '2020' })).rejects.toMatchObject({
      code: 'InvalidConfiguration',
    })
    await expect(accounts.execute('1', () => [], { commandId: '' })).rejects.toMatchObject({
      code: 'InvalidConfiguration',
    })
    expect(await eventsOf(storage, 'account:1')).toHaveLength(1)
  })

  test('does not append events that the aggregate itself cannot fold', async () => {
    await using storage = await openStorage()
    const brittle = {
      ...account,
      evolve: {
        ...account.evolve,
        Deposited: () => {
          throw new RangeError('cannot fold')
        },
      },
    }
    await expect(
      repository(storage, brittle).execute('1', () => ({ type: 'Deposited', data: {} })),
    ).rejects.toBeInstanceOf(RangeError)
    expect(await eventsOf(storage, 'account:1')).toHaveLength(0)
  })

  test('decides again on what others appended meanwhile', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    await accounts.execute('1', (state) => open(state, 'ann'))
    let rivals = 2
    const overtaken = overtakenBy(storage, () => rivals-- > 0)
    const seen: number[] = []
    const done = await repository(overtaken, account, { clock: impatientClock() }).execute('1', (state) => {
      seen.push(state.balance)
      return deposit(state, 1)
    })
    expect(seen).toEqual([0, 10, 20])
    expect(done).toMatchObject({ version: 4, state: { balance: 21 }, events: [{ data: { amount: 1 }, version: 4 }] })
    expect((await accounts.load('1')).state.balance).toBe(21)
  })

  test('gives a conflict to the caller after the bound, with growing pauses between', async () => {
    await using storage = await openStorage()
    await repository(storage, account).execute('1', (state) => open(state, 'ann'))
    const clock = impatientClock()
    const overtaken = overtakenBy(storage, () => true)
    let decided = 0
    const command = (state: typeof account.initial) => {
      decided++
      return deposit(state, 1)
    }
    const conflict = repository(overtaken, account, { clock, retries: 5 }).execute('1', command)
    await expect(conflict).rejects.toBeInstanceOf(WrongExpectedVersion)
    await expect(conflict).rejects.toMatchObject({ expected: 6, actual: 7 })
    expect(decided).toBe(6)
    expect(clock.pauses).toHaveLength(5)
    for (const [retry, pause] of clock.pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(0)
      expect(pause).toBeLessThanOrEqual(4 * 2 ** retry)
    }
    expect((await eventsOf(storage, 'account:1')).length).toBe(7)
  })

  test('loses no command of 16 that run at once', async () => {
    await using storage = await openStorage()
    const accounts = [0, 1, 2, 3].map(() => repository(storage, account, { retries: 100 }))
    await accounts[0]?.execute('1', (state) => open(state, 'ann'))
    await Promise.all(
      Array.from({ length: 16 }, (_, i) => accounts[i % 4]?.execute('1', (state) => deposit(state, 2 ** i))),
    )
    for (const one of accounts) expect((await one.load('1')).state.balance).toBe(2 ** 16 - 1)
  })

  test('passes on that a stream was deleted, whatever its cache holds', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account, { snapshots: { every: 1 } })
    await accounts.execute('1', (state) => open(state, 'ann'))
    await accounts.settled()
    await deleteStream(storage, 'account:1')
    const deleted = { code: 'StreamDeleted', streamId: 'account:1' }
    await expect(accounts.load('1')).rejects.toMatchObject(deleted)
    await expect(accounts.load('1', { asOf: { version: 1 } })).rejects.toMatchObject(deleted)
    await expect(accounts.execute('1', (state) => deposit(state, 1))).rejects.toMatchObject(deleted)
    await expect(accounts.execute('1', (state) => deposit(state, 1), { commandId: 'c' })).rejects.toMatchObject(deleted)
  })

  test('gives states that nobody can change for others', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    const note = 'first'
    const data = { amount: 1, note }
    await accounts.execute('1', (state) => open(state, 'ann'))
    const { state } = await accounts.execute('1', () => ({ type: 'Deposited', data }))
    expect(() => (state.notes as string[]).push('x')).toThrow(TypeError)
    await expect(
      accounts.execute('1', (own) => {
        ;(own.notes as string[]).push('x')
        return []
      }),
    ).rejects.toBeInstanceOf(TypeError)
    // What a caller gave stays its own.
    data.note = 'changed'
    expect((await accounts.load('1')).state.notes).toEqual(['first'])
  })

  test('folds the time of recording as it is stored', async () => {
    await using storage = await openStorage()
    const timed = {
      ...account,
      evolve: {
        ...account.evolve,
        Deposited: (state: typeof account.initial, { metadata }: { metadata: { recordedAt: string } }) => ({
          ...state,
          notes: [...state.notes, metadata.recordedAt],
        }),
      },
    }
    const clock: Clock = { ...impatientClock(), now: () => 0 }
    const accounts = repository(storage, timed, { clock })
    await accounts.execute('1', () => ({ type: 'Deposited', data: {} }))
    const { state } = await accounts.execute('1', () => ({ type: 'Deposited', data: {} }))
    const recorded = (await eventsOf(storage, 'account:1')).map(({ metadata }) => metadata.recordedAt)
    expect(state.notes).toEqual(recorded)
    expect((await accounts.load('1')).state.notes).toEqual(recorded)
    expect((await plainFold(await eventsOf(storage, 'account:1'))).balance).toBe(2)
  })
})

test('a repository refuses settings that cannot be', async () => {
  const [, openStorage] = storages[0] as (typeof storages)[number]
  await using storage = await openStorage()
  for (const options of [
    { snapshots: { every: 0 } },
    { cache: { max: 0 } },
    { retries: -1 },
    { retries: Number.NaN },
  ]) {
    expect(() => repository(storage, account, options)).toThrow(
      expect.objectContaining({ code: 'InvalidConfiguration' }),
    )
  }
  const odd = { ...account, initial: new Map() as never }
  expect(() => repository(storage, odd, { snapshots: { every: 2 } })).toThrow(
    expect.objectContaining({ code: 'NotJson' }),
  )
  const accounts = repository(storage, account)
  await expect(accounts.periods('1')).rejects.toMatchObject({ code: 'InvalidDefinition' })
  await expect(accounts.close('1', { period: '1', successor: '2' })).rejects.toMatchObject({
    code: 'InvalidDefinition',
  })
  for (const asOf of [
    new Date(0),
    { recordedAt: new Date(0) },
    {},
    { version: 1, period: '1' },
    { time: '2020' },
    null,
  ]) {
    await expect(accounts.load('1', { asOf: asOf as never })).rejects.toMatchObject({ code: 'InvalidQuery' })
  }
  await expect(accounts.load('1', { period: '1' })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
})
