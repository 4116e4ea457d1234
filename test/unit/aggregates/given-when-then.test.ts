import { AssertionError } from 'node:assert'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { PeriodClosed } from '../../../src/core/errors/append.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { idOf } from '../../../src/core/stream-id.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { given } from '../../../src/testing/given-when-then/aggregate.ts'
import { givenEvents, streamDeleted } from '../../../src/testing/given-when-then/projection.ts'
import { type AccountEvent, AlreadyOpened, account, deposit, open, yearlyAccount } from './account.ts'

const opened: AccountEvent = { type: 'Opened', data: { owner: 'ann' } }
const deposited = (amount: number): AccountEvent => ({ type: 'Deposited', data: { amount } })

describe('given events, when a command, then', () => {
  test('its decision is compared as it would be stored', async () => {
    await given(account)
      .when((state) => open(state, 'ann'))
      .then(opened)
    await given(account, opened, deposited(2))
      .when((state) => deposit(state, state.balance))
      .then(deposited(2))
    await given(account, opened)
      .when((state) => deposit(state, 0))
      .then()
    await given(account)
      .when(() => ({ type: 'Deposited', data: { amount: 1 } }))
      .then({ type: 'Deposited', data: {} })
    await given(yearlyAccount, opened, deposited(2))
      .when((state) => yearlyAccount.periods?.carry(state) ?? [])
      .then({ type: 'CarriedOver', data: { owner: 'ann', balance: 2, notes: [] } })
  })

  test('a wrong expectation fails', async () => {
    const when = given(account, opened).when(() => [deposited(1), deposited(2)])
    await when.then(deposited(1), deposited(2))
    for (const wrong of [[], [deposited(1)], [deposited(2), deposited(1)], [deposited(1), deposited(3)], [opened]]) {
      await expect(when.then(...wrong)).rejects.toBeInstanceOf(AssertionError)
    }
    await expect(when.thenThrows('PeriodClosed')).rejects.toBeInstanceOf(AssertionError)
    const thrower = given(account, opened).when((state) => open(state, 'bob'))
    await expect(thrower.then()).rejects.toBeInstanceOf(AlreadyOpened)
  })

  test('its error is compared by class or code', async () => {
    const when = given(account, opened).when((state) => open(state, 'bob'))
    await when.thenThrows(AlreadyOpened)
    await when.thenThrows(Error)
    await expect(when.thenThrows(PeriodClosed)).rejects.toBeInstanceOf(AlreadyOpened)
    await expect(when.thenThrows('PeriodClosed')).rejects.toBeInstanceOf(AlreadyOpened)
    const coded = given(account, opened).when(() => {
      throw new PeriodClosed('account:1:2020', '2020', '2021')
    })
    await coded.thenThrows('PeriodClosed')
    await given(account)
      .when(() => deposited('x' as never))
      .thenThrows('InvalidEventData')
    // What was given is no concern of the command.
    const wrong = given(account, deposited('x' as never)).when(() => [])
    await expect(wrong.thenThrows('InvalidDefinition')).rejects.toMatchObject({ code: 'InvalidEventData' })
  })

  test('an await in its place is told so', async () => {
    const when = given(account).when(() => [])
    await expect(Promise.resolve(when as unknown as PromiseLike<void>)).rejects.toMatchObject({
      code: 'InvalidDefinition',
    })
  })

  test('events that the aggregate cannot fold fail', async () => {
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
      given(brittle)
        .when(() => deposited(1))
        .then(deposited(1)),
    ).rejects.toBeInstanceOf(RangeError)
  })
})

describe('given events, then a view', () => {
  const events = defineEvents({
    Opened: z.object({ owner: z.string() }),
    Deposited: z.object({ amount: z.number() }),
    Closed: z.object({}),
    Unheard: z.object({}),
  })
  const balances = defineProjection('balances', {
    events,
    key: (event) => idOf(event.streamId),
    initial: (key: string) => ({ id: key, balance: 0, seen: '' }),
    on: {
      Deposited: (view, { data, version, metadata }) => ({
        ...view,
        balance: view.balance + data.amount,
        seen: `${version} ${metadata.recordedAt}`,
      }),
      Closed: () => null,
    },
    deleted: { key: (streamId) => idOf(streamId), fold: () => null },
  })
  const deposit = (id: string, amount: number) => ({ streamId: `account:${id}`, type: 'Deposited', data: { amount } })

  test('views are compared, each event folded once', async () => {
    const then = givenEvents(balances, [
      { streamId: 'account:1', type: 'Unheard' },
      deposit('1', 2),
      deposit('2', 5),
      { ...deposit('1', 3), recordedAt: '2026-02-03T00:00:00.000Z' },
    ])
    const first = { id: '1', balance: 5, seen: '3 2026-02-03T00:00:00.000Z' }
    const second = { id: '2', balance: 5, seen: '1 2026-01-01T00:00:00.000Z' }
    await then.thenView('1', first)
    await then.thenView('3', null)
    await then.thenViews({ 1: first, 2: second })
    await expect(then.thenView('1', null)).rejects.toBeInstanceOf(AssertionError)
    await expect(then.thenView('1', second)).rejects.toBeInstanceOf(AssertionError)
    await expect(then.thenViews({ 1: first })).rejects.toBeInstanceOf(AssertionError)
  })

  test('views that are gone are null', async () => {
    await givenEvents(balances, [deposit('1', 2), { streamId: 'account:1', type: 'Closed' }]).thenView('1', null)
    await givenEvents(balances, [deposit('1', 2), streamDeleted('account:1')]).thenViews({})
    const wrong = givenEvents(balances, [{ streamId: 'account:1', type: 'Deposited', data: { amount: 'x' } }])
    await expect(wrong.thenView('1', null)).rejects.toMatchObject({ code: 'InvalidEventData' })
  })
})

describe('given events of people', () => {
  const members = defineEvents({
    Joined: {
      schema: z.object({ memberId: z.string().nullable(), name: z.string() }),
      personal: { of: (data) => data.memberId, fields: { name: '' } },
    },
  })
  const memberWith = (initials: (name: string, redacted: readonly string[] | undefined) => string) =>
    defineAggregate({
      category: 'member',
      events: members,
      initial: { initials: '' },
      evolve: { Joined: (_, { data, redacted }) => ({ initials: initials(data.name, redacted) }) },
    })
  const joined = (memberId: string | null) => ({ type: 'Joined' as const, data: { memberId, name: 'Ann Lee' } })
  const strict = memberWith((name) => {
    if (name === '') throw new RangeError('no name')
    return name.slice(0, 1)
  })

  test('fails if the aggregate could not be loaded once they are forgotten', async () => {
    await expect(
      given(strict, joined('m'))
        .when(() => [])
        .then(),
    ).rejects.toThrow('cannot be loaded any more')
    await expect(
      given(strict)
        .when(() => joined('m'))
        .then(joined('m')),
    ).rejects.toThrow('cannot be loaded any more')
  })

  test('passes if it can be, or if they are about nobody', async () => {
    const seen: unknown[] = []
    const lenient = memberWith((name, redacted) => {
      seen.push(redacted)
      return name.slice(0, 1)
    })
    await given(lenient, joined('m'))
      .when(() => [])
      .then()
    expect(seen).toEqual([undefined, undefined, ['name']])
    await given(strict, joined(null))
      .when(() => [])
      .then()
  })
})
