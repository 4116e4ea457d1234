import { describe, expect, it } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { CLAIM_LAPSED } from '../../../src/core/port/event-document.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { storages } from '../aggregates/storages.ts'
import { claimsIn } from './support/claims.ts'
import { changeEmail, greet, register, yearlyCustomer } from './support/customers.ts'

describe.each(storages)('unique values of aggregates with periods in %s', (_, open) => {
  it('belong to the aggregate, whatever its period', async () => {
    await using storage = await open()
    const members = repository(storage, yearlyCustomer)
    await members.execute('a', register('a@x'), { period: '2020' })
    const taken = members.execute('b', register('A@x'), { period: '2024' })
    await expect(taken).rejects.toMatchObject({ code: 'ValueTaken', streamId: 'member:b' })
    await members.close('a', { period: '2020', successor: '2021' })
    await expect(members.execute('b', register('a@x'), { period: '2020' })).rejects.toMatchObject({
      code: 'ValueTaken',
    })
    await members.execute('a', changeEmail('other@x'), { period: '2023' })
    await members.execute('b', register('a@x'), { period: '2020' })
  })

  it('that are not carried over are free when the books are closed', async () => {
    await using storage = await open()
    const members = repository(storage, yearlyCustomer)
    await members.execute('a', register('a@x', ['1']), { period: '2020' })
    await expect(members.execute('b', register(null, ['1']), { period: '2020' })).rejects.toMatchObject({
      field: 'phone',
    })
    await members.execute('a', greet, { period: '2021' })
    expect(await claimsIn(storage)).toHaveLength(1)
    await members.execute('b', register(null, ['1']), { period: '2020' })
  })
})

describe('an aggregate with periods', () => {
  it('begins after a claim of its first command has lapsed', async () => {
    const storage = openMemory()
    const members = repository(storage, yearlyCustomer, { uniqueGrace: 0 })
    let isHeld = true
    const append = storage.events.append
    const stuck = repository(
      {
        ...storage,
        events: {
          ...storage.events,
          append: (...args) => (isHeld ? new Promise<never>(() => {}) : append(...args)),
        },
      },
      yearlyCustomer,
    )
    stuck.execute('a', register('a@x'), { period: '2020' }).catch(() => {})
    await expect.poll(() => claimsIn(storage)).toHaveLength(1)
    isHeld = false
    await members.execute('b', register('a@x'), { period: '2020' })
    const root = await storage.events.load('member:a')
    expect(root.events.map(({ eventType, eventData }) => [eventType, eventData])).toEqual([
      [CLAIM_LAPSED, { name: 'email' }],
    ])
    expect(await members.load('a')).toMatchObject({ exists: false, version: 0 })
    expect(await members.periods('a')).toEqual([])
    await expect(members.execute('a', register('a@x'), { period: '2020' })).rejects.toMatchObject({
      code: 'ValueTaken',
    })
    await members.execute('a', register('c@x'), { period: '2020', expectedVersion: 'noStream' })
    expect(await members.periods('a')).toEqual(['2020'])
    await members.close('a', { period: '2020', successor: '2021' })
    expect((await members.load('a')).state.email).toBe('c@x')
    expect(await members.load('a', { asOf: { time: new Date() } })).toMatchObject({ period: '2021' })
  })
})
