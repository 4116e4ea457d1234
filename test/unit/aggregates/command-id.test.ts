import { describe, expect, test } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { uuidOf } from '../../../src/core/append/uuid.ts'
import { encodeEvents } from '../../../src/core/events/codec.ts'
import { account, accountEvents, deposit, open } from './account.ts'
import { eventsOf } from './chain.ts'
import { crashingStorage, noCrash } from './crashing-storage.ts'
import { storages } from './storages.ts'

const command = (id: string) => uuidOf('command', 'account:1', id, '0')

describe.each(storages)('a command id over %s', (_, openStorage) => {
  test.each([{ cache: false as const }, { cache: { max: 5 } }, { snapshots: { every: 1 } }])(
    'makes a repeat answer the first result, with %j',
    async (options) => {
      await using storage = await openStorage()
      const accounts = repository(storage, account, options)
      await accounts.execute('1', (state) => open(state, 'ann'), { commandId: 'open' })
      const first = await accounts.execute('1', (state) => [deposit(state, 1, 'a'), deposit(state, 2, 'b')].flat(), {
        commandId: 'deposit',
        fingerprint: 'ab',
      })
      await accounts.execute('1', (state) => deposit(state, 4))
      await accounts.settled()
      for (const repeated of [accounts, repository(storage, account, options)]) {
        let decided = false
        const again = await repeated.execute(
          '1',
          () => {
            decided = true
            return []
          },
          { commandId: 'deposit', fingerprint: 'ab' },
        )
        expect(decided).toBe(false)
        expect(again).toEqual({ ...first, duplicate: true })
        expect(again.state.balance).toBe(3)
      }
      expect((await accounts.load('1')).state.balance).toBe(7)
    },
  )

  test('is stored with each event, whose ids come from it', async () => {
    await using storage = await openStorage()
    await repository(storage, account).execute(
      '1',
      () => [
        { type: 'Opened', data: { owner: 'ann' } },
        { type: 'Deposited', data: { amount: 1 } },
      ],
      { commandId: 'c', fingerprint: 'f' },
    )
    const events = await eventsOf(storage, 'account:1')
    expect(events.map(({ metadata }) => metadata)).toMatchObject([
      { eventId: command('c'), commandId: 'c', commandFingerprint: 'f' },
      { eventId: uuidOf('command', 'account:1', 'c', '1'), commandId: 'c', commandFingerprint: 'f' },
    ])
  })

  test('is refused for another command, and free again after one that decided nothing', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    await accounts.execute('1', (state) => open(state, 'ann'), { commandId: 'c', fingerprint: 'open' })
    await expect(
      accounts.execute('1', (state) => deposit(state, 1), { commandId: 'c', fingerprint: 'deposit' }),
    ).rejects.toMatchObject({ code: 'CommandIdReused', commandId: 'c' })
    expect(await accounts.execute('1', (state) => deposit(state, 0), { commandId: 'd' })).toMatchObject({ events: [] })
    expect(await accounts.execute('1', (state) => deposit(state, 1), { commandId: 'd' })).toMatchObject({
      version: 2,
      duplicate: false,
    })
    // The id is the aggregate's own.
    expect(await accounts.execute('2', (state) => open(state, 'bob'), { commandId: 'c' })).toMatchObject({
      streamId: 'account:2',
      duplicate: false,
    })
    await expect(
      accounts.execute('1', () => ({ type: 'Deposited', data: {}, id: 'own' }), { commandId: 'e' }),
    ).rejects.toMatchObject({ code: 'InvalidEvent' })
  })

  test.each([
    { rival: [1], fingerprint: 'f', same: true },
    { rival: [2], fingerprint: 'f', same: true },
    { rival: [1, 1], fingerprint: 'f', same: true },
    { rival: [1], fingerprint: 'g', same: false },
    { rival: [2], fingerprint: 'g', same: false },
  ])('holds when the same command is carried out elsewhere at the last moment: %j', async (race) => {
    await using storage = await openStorage()
    await repository(storage, account).execute('1', (state) => open(state, 'ann'))
    const racing = crashingStorage(storage, noCrash)
    const { append } = racing.events
    racing.events.append = async (streamId, events, options) => {
      const rival = race.rival.map((amount) => ({ type: 'Deposited' as const, data: { amount } }))
      const documents = await encodeEvents(accountEvents, rival, {
        command: {
          id: 'c',
          fingerprint: race.fingerprint,
          eventId: (i) => uuidOf('command', 'account:1', 'c', `${i}`),
        },
      })
      await append(streamId, documents, { expectedVersion: 1 })
      return append(streamId, events, options)
    }
    const done = repository(racing, account).execute('1', (state) => deposit(state, 1), {
      commandId: 'c',
      fingerprint: 'f',
    })
    const amounts = race.rival.map((amount) => ({ data: { amount } }))
    if (race.same) expect(await done).toMatchObject({ duplicate: true, events: amounts })
    else await expect(done).rejects.toMatchObject({ code: 'CommandIdReused' })
    expect(await eventsOf(storage, 'account:1')).toHaveLength(1 + race.rival.length)
  })

  test('keeps a command that threw on a repeat from being judged by its own effect', async () => {
    await using storage = await openStorage()
    const accounts = repository(storage, account)
    // Both run at once: the one that comes second must not be told that the account is open already.
    const both = await Promise.all(
      [accounts, repository(storage, account)].map((one) =>
        one.execute('1', (state) => open(state, 'ann'), { commandId: 'open' }),
      ),
    )
    expect(both.map(({ duplicate }) => duplicate).sort()).toEqual([false, true])
    expect(both[0]?.version).toBe(1)
    expect(both[1]?.version).toBe(1)
  })
})
