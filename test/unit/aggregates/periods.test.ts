import { describe, expect, test } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { decodePosition } from '../../../src/core/positions/position-token.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { type AccountState, account, deposit, NoAccount, open, yearlyAccount } from './account.ts'
import { eventsOf, plainFold, readChain } from './chain.ts'
import { Crash, crashingStorage } from './crashing-storage.ts'
import { storages } from './storages.ts'

const YEARS = ['2019', '2020', '2021', '2022', '2023', '2024']
const one = (state: AccountState) => deposit(state, 1)

/** An account that was opened in 2020 with the command id `open`. */
async function openAccounts(storage: StoragePort) {
  const accounts = repository(storage, yearlyAccount)
  await accounts.execute('1', (state) => open(state, 'ann'), { period: '2020', commandId: 'open' })
  return accounts
}

describe.each(storages)('an aggregate with periods over %s', (_, openStorage) => {
  test('runs a command in the open period, or in a later one after closing the books', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    expect(await accounts.execute('1', one)).toMatchObject({ streamId: 'account:1:2020', version: 2 })
    expect(await accounts.execute('1', one, { period: '2020' })).toMatchObject({ version: 3 })
    expect(await accounts.execute('1', one, { period: '2022', metadata: { correlationId: 'r' } })).toMatchObject({
      streamId: 'account:1:2022',
      version: 2,
      state: { owner: 'ann', balance: 3 },
      events: [{ type: 'Deposited', version: 2 }],
    })
    expect(await accounts.load('1')).toMatchObject({ period: '2022', version: 2, exists: true, state: { balance: 3 } })
    expect(await accounts.load('1', { period: '2020' })).toMatchObject({ version: 4, state: { balance: 2 } })
    expect(await accounts.load('1', { period: '2021' })).toMatchObject({ version: 0, exists: false })
    expect(await accounts.periods('1')).toEqual(['2020', '2022'])
    expect(await accounts.periods('2')).toEqual([])
    const [before, after] = await readChain(storage, '1', YEARS)
    expect(before?.events.at(-1)?.metadata).toMatchObject({ correlationId: 'r' })
    expect(after?.events[0]).toMatchObject({
      eventType: 'CarriedOver',
      eventData: { owner: 'ann', balance: 2 },
      metadata: { correlationId: 'r' },
    })
    const late = { code: 'PeriodClosed', streamId: 'account:1:2021', period: '2021', openPeriod: '2022' }
    await expect(accounts.execute('1', one, { period: '2021' })).rejects.toMatchObject(late)
    await expect(accounts.execute('1', one, { period: '2020' })).rejects.toMatchObject({ code: 'PeriodClosed' })
  })

  test('is made only by a command that names its period', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, yearlyAccount)
    await expect(accounts.execute('1', one)).rejects.toBeInstanceOf(NoAccount)
    await expect(accounts.execute('1', one, { period: '2020' })).rejects.toBeInstanceOf(NoAccount)
    expect(await accounts.execute('1', () => [])).toMatchObject({ streamId: 'account:1', version: 0, position: null })
    await expect(accounts.execute('1', (state) => open(state, 'ann'))).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      setting: 'period',
    })
    await expect(accounts.execute('1', (state) => open(state, 'ann'), { period: 'a:b' })).rejects.toMatchObject({
      code: 'InvalidStreamId',
    })
    expect(await eventsOf(storage, 'account:1')).toHaveLength(0)
    expect(await accounts.load('1')).toEqual({
      streamId: 'account:1',
      state: account.initial,
      version: 0,
      exists: false,
    })
  })

  test('is found with a bounded number of reads, however many periods it has', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    for (const period of YEARS.slice(2)) await accounts.execute('1', one, { period })
    const calls: string[] = []
    const counted = crashingStorage(storage, (call) => {
      calls.push(call)
      return 'none'
    })
    const cold = repository(counted, yearlyAccount)
    expect(await cold.load('1')).toMatchObject({ period: '2024', state: { balance: 4 } })
    expect(calls).toEqual(['load', 'load'])
    await cold.load('unknown')
    expect(calls).toEqual(['load', 'load', 'load'])
  })

  test('closes no books for a command that is refused or decides nothing', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const { position } = await accounts.execute('1', one)
    const refusal = new Error('refused')
    const refuse = (): never => {
      throw refusal
    }
    await expect(accounts.execute('1', refuse, { period: '2021' })).rejects.toBe(refusal)
    await expect(
      accounts.execute('1', () => ({ type: 'Deposited', data: { amount: 'x' as never } }), { period: '2021' }),
    ).rejects.toMatchObject({ code: 'InvalidEventData' })
    await expect(accounts.execute('1', one, { period: 'x'.repeat(200) })).rejects.toMatchObject({
      code: 'InvalidStreamId',
    })
    expect(await accounts.execute('1', () => [], { period: '2021' })).toMatchObject({
      streamId: 'account:1:2020',
      version: 2,
      position,
    })
    expect(await accounts.periods('1')).toEqual(['2020'])
    expect(await eventsOf(storage, 'account:1:2020')).toHaveLength(2)
  })

  test('closes no books when the next period cannot be opened', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const foreign = { eventType: 'Foreign', eventData: {}, metadata: { eventId: 'f' } }
    await storage.events.append('account:1:2021', [foreign], { expectedVersion: 'noStream' })
    const taken = { code: 'WrongExpectedVersion', streamId: 'account:1:2021' }
    const impatient = repository(storage, yearlyAccount, { retries: 1 })
    await expect(impatient.execute('1', one, { period: '2021' })).rejects.toMatchObject(taken)
    await expect(impatient.close('1', { period: '2020', successor: '2021' })).rejects.toMatchObject(taken)

    const carryless = { ...yearlyAccount, periods: { carry: () => ({ type: 'CarriedOver', data: {} }) as never } }
    await expect(
      repository(storage, carryless).close('1', { period: '2020', successor: '2022' }),
    ).rejects.toMatchObject({ code: 'InvalidEventData' })
    const silent = { ...yearlyAccount, periods: { carry: () => undefined as never } }
    await expect(repository(storage, silent).close('1', { period: '2020', successor: '2022' })).rejects.toMatchObject({
      code: 'InvalidDefinition',
    })
    const small = { ...storage, limits: { ...storage.limits, bytesPerAppend: 10 } }
    await expect(
      repository(small, yearlyAccount).close('1', { period: '2020', successor: '2022' }),
    ).rejects.toMatchObject({ code: 'AppendTooLarge' })
    await deleteStream(storage, 'account:1:2021')
    await expect(impatient.close('1', { period: '2020', successor: '2021' })).rejects.toMatchObject({
      code: 'StreamDeleted',
    })
    expect(await eventsOf(storage, 'account:1:2020')).toHaveLength(1)
    expect(await accounts.execute('1', one, { period: '2022' })).toMatchObject({ version: 2 })
  })

  test('is not made when its first period cannot be opened', async () => {
    await using storage = await openStorage()
    const foreign = { eventType: 'Foreign', eventData: {}, metadata: { eventId: 'f' } }
    await storage.events.append('account:1:2020', [foreign], { expectedVersion: 'noStream' })
    const first = (of: StoragePort, period: string) =>
      repository(of, yearlyAccount, { retries: 1 }).execute('1', (state) => [open(state, 'ann'), open(state, 'bob')], {
        period,
      })
    await expect(first(storage, '2020')).rejects.toMatchObject({ code: 'WrongExpectedVersion' })
    const narrow = { ...storage, limits: { ...storage.limits, eventsPerAppend: 1 } }
    await expect(first(narrow, '2021')).rejects.toMatchObject({ code: 'AppendTooLarge' })
    expect(await eventsOf(storage, 'account:1')).toHaveLength(0)
    expect(await first(storage, '2021')).toMatchObject({ version: 2 })
  })

  test('is made once, and by its own command, when somebody who heals is faster', async () => {
    await using storage = await openStorage()
    const slow = crashingStorage(storage, () => 'none')
    const { append } = slow.events
    slow.events.append = async (streamId, ...rest) => {
      if (streamId === 'account:1:2020')
        expect(await repository(storage, yearlyAccount).load('1')).toMatchObject({ version: 1 })
      return append(streamId, ...rest)
    }
    for (const duplicate of [false, true]) {
      const accounts = repository(slow, yearlyAccount)
      const done = await accounts.execute('1', (state) => open(state, 'ann'), { period: '2020', commandId: 'c' })
      expect(done).toMatchObject({ version: 1, duplicate })
    }
    expect(await readChain(storage, '1', YEARS)).toHaveLength(1)
  })

  test('is unique over all its periods, whoever comes first', async () => {
    await using storage = await openStorage()
    const results = await Promise.allSettled(
      YEARS.map((period) =>
        repository(storage, yearlyAccount).execute('1', (state) => open(state, period), { period }),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await readChain(storage, '1', YEARS)).toHaveLength(1)
  })

  test('refuses what was stored without periods, or with them, and passes on deletions', async () => {
    await using storage = await openStorage()
    await repository(storage, account).execute('plain', (state) => open(state, 'ann'))
    const accounts = await openAccounts(storage)
    await expect(accounts.load('plain')).rejects.toMatchObject({ code: 'InvalidDefinition' })
    await expect(repository(storage, account).execute('1', () => [])).rejects.toMatchObject({
      code: 'InvalidDefinition',
    })
    await accounts.execute('1', one, { period: '2021' })
    await deleteStream(storage, 'account:1:2021')
    const deleted = { code: 'StreamDeleted' }
    await expect(accounts.execute('1', one)).rejects.toMatchObject({ ...deleted, streamId: 'account:1:2021' })
    await deleteStream(storage, 'account:1')
    await expect(accounts.load('1')).rejects.toMatchObject({ ...deleted, streamId: 'account:1' })
    await expect(accounts.periods('1')).rejects.toMatchObject(deleted)
    await expect(accounts.close('1', { period: '2021', successor: '2022' })).rejects.toMatchObject(deleted)
  })
})

describe.each(storages)('a list of periods over %s', (_, openStorage) => {
  test('is believed when the newest period is not to be read yet, as on a replica that is behind', async () => {
    await using storage = await openStorage()
    await (await openAccounts(storage)).execute('1', one, { period: '2021' })
    const lagging = crashingStorage(storage, () => 'none')
    const { load } = lagging.events
    let behind = true
    lagging.events.load = async (streamId, options) => {
      if (streamId !== 'account:1:2021' || !behind) return load(streamId, options)
      behind = false
      return { events: [], version: 0 }
    }
    expect(await repository(lagging, yearlyAccount).load('1')).toMatchObject({ period: '2021', version: 2 })
    expect(await readChain(storage, '1', YEARS)).toHaveLength(2)
  })

  test('that names a period which nobody announced is damage', async () => {
    await using storage = await openStorage()
    await openAccounts(storage)
    const entry = {
      eventType: '$periodOpened',
      eventData: { period: '2021', predecessor: '2020' },
      metadata: { eventId: 'e' },
    }
    await storage.events.append('account:1', [entry], { expectedVersion: 1 })
    await expect(repository(storage, yearlyAccount).load('1')).rejects.toMatchObject({ code: 'StorageCorrupt' })
  })
})

describe.each(storages)('closing the books over %s', (_, openStorage) => {
  test('answers about the period that was closed, and waits for the one that was opened', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const close = { period: '2020', successor: '2022', commandId: 'close', fingerprint: 'f' }
    const closed = await accounts.close('1', close)
    expect(closed).toMatchObject({
      streamId: 'account:1:2020',
      version: 2,
      events: [],
      duplicate: false,
      state: { owner: 'ann' },
    })
    const marks = decodePosition(closed.position as string).marks.map(({ streamId, version }) => [streamId, version])
    expect(marks).toEqual([
      ['account:1:2020', 2],
      ['account:1:2022', 1],
    ])
    expect(await accounts.close('1', close)).toEqual({ ...closed, duplicate: true })
    await accounts.execute('1', one, { period: '2023' })
    expect(await repository(storage, yearlyAccount).close('1', close)).toEqual({ ...closed, duplicate: true })
    await expect(accounts.close('1', { ...close, fingerprint: 'g' })).rejects.toMatchObject({
      code: 'CommandIdReused',
    })
    await expect(accounts.close('1', { period: '2020', successor: '2021' })).rejects.toMatchObject({
      code: 'PeriodClosed',
      openPeriod: '2023',
    })
    expect(await accounts.periods('1')).toEqual(['2020', '2022', '2023'])
  })

  test('refuses periods that are not there, and successors that come before', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const notFound = { code: 'StreamNotFound' }
    await expect(accounts.close('2', { period: '2020', successor: '2021' })).rejects.toMatchObject(notFound)
    await expect(accounts.close('1', { period: '2021', successor: '2022' })).rejects.toMatchObject(notFound)
    await expect(accounts.close('1', { period: '2019', successor: '2021' })).rejects.toMatchObject({
      code: 'PeriodClosed',
    })
    for (const successor of ['2020', '2019']) {
      await expect(accounts.close('1', { period: '2020', successor })).rejects.toMatchObject({
        code: 'InvalidConfiguration',
        setting: 'successor',
      })
    }
    expect(await accounts.periods('1')).toEqual(['2020'])
  })

  test('and a command do not take each other for a repeat', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const reused = { code: 'CommandIdReused' }
    await expect(accounts.close('1', { period: '2020', successor: '2021', commandId: 'open' })).rejects.toMatchObject({
      ...reused,
      commandId: 'open',
    })
    await accounts.close('1', { period: '2020', successor: '2021', commandId: 'close' })
    await expect(accounts.execute('1', one, { commandId: 'close' })).rejects.toMatchObject(reused)
  })

  test('happens once when many close at once', async () => {
    await using storage = await openStorage()
    await openAccounts(storage)
    const results = await Promise.allSettled(
      ['2021', '2022', '2023', '2024'].map((successor) =>
        repository(storage, yearlyAccount).close('1', { period: '2020', successor }),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    // Looked at while nobody closes: in between, a period may be closed and its successor not listed yet.
    const period = (await readChain(storage, '1', YEARS)).at(-1)?.period ?? ''
    const same = await Promise.all(
      [0, 1, 2].map(() =>
        repository(storage, yearlyAccount).close('1', { period, successor: '2029', commandId: 'same' }),
      ),
    )
    expect(same.map(({ duplicate }) => duplicate).sort()).toEqual([false, true, true])
    expect(await readChain(storage, '1', YEARS)).toHaveLength(3)
  })
})

describe.each(storages)('a command id over periods on %s', (_, openStorage) => {
  test('that names no period is found however often the books were closed since', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const first = await accounts.execute('1', one, { commandId: 'pay-7' })
    const later = await accounts.execute('1', one, { period: '2021', commandId: 'pay-8' })
    for (let year = 2022; year < 2060; year++) await accounts.execute('1', one, { period: String(year) })
    const { state } = await accounts.load('1')
    expect(await accounts.execute('1', one, { commandId: 'pay-7' })).toEqual({ ...first, duplicate: true })
    expect(await accounts.execute('1', one, { commandId: 'pay-8' })).toEqual({ ...later, duplicate: true })
    expect((await accounts.load('1')).state).toEqual(state)
    expect(await accounts.execute('1', one, { commandId: 'pay-9' })).toMatchObject({ duplicate: false })
  })

  test('is found in the open period and the one before it, before a closed period is refused', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const first = await accounts.execute('1', one, { commandId: 'd' })
    await accounts.execute('1', one, { period: '2021' })
    const repeated = { ...first, duplicate: true }
    for (const options of [{}, { period: '2020' }, { period: '2021' }, { period: '2022' }, { period: '2019' }]) {
      expect(await accounts.execute('1', one, { ...options, commandId: 'd' })).toEqual(repeated)
    }
    await accounts.execute('1', one, { period: '2022' })
    await accounts.execute('1', one, { period: '2023' })
    // Its own period, or the one after it, still find it.
    for (const period of ['2020', '2021']) {
      expect(await accounts.execute('1', one, { period, commandId: 'd' })).toEqual(repeated)
    }
    await expect(accounts.execute('1', one, { period: '2021', commandId: 'e' })).rejects.toMatchObject({
      code: 'PeriodClosed',
    })
    await expect(accounts.execute('1', one, { period: '2020', commandId: 'd', fingerprint: 'x' })).resolves.toEqual(
      repeated,
    )
  })

  test('does not need periods that were deleted', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    await accounts.execute('1', one, { period: '2021' })
    await deleteStream(storage, 'account:1:2020')
    expect(await accounts.execute('1', one, { commandId: 'd' })).toMatchObject({ version: 3, duplicate: false })
    await expect(accounts.load('1', { period: '2020' })).rejects.toMatchObject({ code: 'StreamDeleted' })
  })

  test('is found although books were closed twice while the command was decided', async () => {
    await using storage = await openStorage()
    const accounts = await openAccounts(storage)
    const racing = crashingStorage(storage, () => 'none')
    const { append } = racing.events
    let raced = false
    racing.events.append = async (streamId, events, options) => {
      if (!raced) {
        raced = true
        await accounts.execute('1', one)
        await accounts.execute('1', one, { commandId: 'd' })
        await accounts.close('1', { period: '2020', successor: '2021' })
        await accounts.close('1', { period: '2021', successor: '2022' })
      }
      return append(streamId, events, options)
    }
    const done = await repository(racing, yearlyAccount).execute('1', one, { commandId: 'd' })
    expect(done).toMatchObject({ streamId: 'account:1:2020', version: 3, duplicate: true })
    expect((await accounts.load('1')).state.balance).toBe(2)
  })
})

describe.each(storages)('an aggregate with periods as of a time over %s', (_, openStorage) => {
  test('is the newest period of that time, folded up to it', async () => {
    const clock = manualClock()
    await using storage = await openStorage({ clock })
    const accounts = repository(storage, yearlyAccount, { clock })
    const times: { readonly time: Date; readonly period?: string; readonly state: AccountState }[] = []
    const note = (period?: string, state = account.initial) => {
      times.push({ time: new Date(clock.now()), state, ...(period !== undefined && { period }) })
      clock.advance(1000)
    }
    note()
    note('2020', (await accounts.execute('1', (state) => open(state, 'ann'), { period: '2020' })).state)
    note('2020', (await accounts.execute('1', one)).state)
    note('2021', (await accounts.execute('1', one, { period: '2021' })).state)
    note('2021', (await accounts.execute('1', one)).state)
    await accounts.close('1', { period: '2021', successor: '2023' })
    note('2023', (await accounts.load('1')).state)
    note('2024', (await accounts.execute('1', one, { period: '2024' })).state)
    for (const { time, period, state } of times) {
      for (const shift of [0, 999]) {
        const then = await accounts.load('1', { asOf: { time: new Date(time.getTime() + shift) } })
        expect(then.period).toBe(period)
        expect(then.state).toEqual(state)
        expect(then.exists).toBe(period !== undefined)
      }
    }
    const [, , { time } = { time: new Date() }] = times
    expect(await accounts.load('1', { period: '2021', asOf: { time } })).toMatchObject({ exists: false })
    expect(await accounts.load('1', { period: '2021', asOf: { version: 1 } })).toMatchObject({ state: { balance: 1 } })
    await expect(accounts.load('1', { asOf: { time: new Date(Number.NaN) } })).rejects.toMatchObject({
      code: 'InvalidQuery',
    })
    await expect(accounts.load('1', { asOf: { version: -1 } })).rejects.toMatchObject({ code: 'InvalidQuery' })
  })

  test('also where a crash left the list of periods behind', async () => {
    const clock = manualClock()
    await using storage = await openStorage({ clock })
    const accounts = repository(storage, yearlyAccount, { clock })
    await accounts.execute('1', (state) => open(state, 'ann'), { period: '2020' })
    clock.advance(1000)
    let appends = 0
    const crashing = crashingStorage(storage, (call) => (call === 'append' && ++appends === 3 ? 'before' : 'none'))
    await expect(
      repository(crashing, yearlyAccount, { clock }).close('1', { period: '2020', successor: '2021' }),
    ).rejects.toBeInstanceOf(Crash)
    expect(await eventsOf(storage, 'account:1')).toHaveLength(1)
    const between = new Date(clock.now() + 500)
    clock.advance(1000)
    expect(await accounts.load('1', { asOf: { time: between } })).toMatchObject({ period: '2021', version: 1 })
    expect(await accounts.periods('1')).toEqual(['2020', '2021'])
    expect((await accounts.load('1')).state).toEqual(await plainFold(await eventsOf(storage, 'account:1:2021')))
  })
})
