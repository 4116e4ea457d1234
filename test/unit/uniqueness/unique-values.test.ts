import { describe, expect, it } from 'vitest'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { storages } from '../aggregates/storages.ts'

import { claimsIn } from './support/claims.ts'
import { anyCustomer, changeEmail, changePhones, customer, greet, register } from './support/customers.ts'

describe.each(storages)('unique values in %s', (_, open) => {
  it('belong to one aggregate; another one gets ValueTaken, and nothing is appended', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    await customers.execute('a', register('Ann@example.org'))
    const taken = customers.execute('b', register('ann@EXAMPLE.org'))
    await expect(taken).rejects.toMatchObject({ code: 'ValueTaken', field: 'email', streamId: 'customer:b' })
    expect((await storage.events.load('customer:b')).version).toBe(0)
    expect((await customers.load('b')).exists).toBe(false)
    await customers.execute('b', register('bob@example.org'))
  })

  it('go to exactly one of 64 that want the same at once', async () => {
    await using storage = await open()
    const repositories = [1, 2, 3, 4].map(() => repository(storage, customer))
    const results = await Promise.allSettled(
      Array.from({ length: 64 }, (_, i) =>
        (repositories[i % 4] as (typeof repositories)[0]).execute(`c${i}`, register('same@example.org')),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
    expect(new Set(reasons)).toEqual(new Set(['ValueTaken']))
  })

  it('are free once their owner gave them up, or was deleted', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    await customers.execute('a', register('a@x', ['1', '2']))
    await customers.execute('a', changeEmail('other@x'))
    await customers.execute('b', register('a@x'))
    await expect(customers.execute('b', changePhones('3', '2'))).rejects.toMatchObject({ field: 'phone' })
    await customers.execute('a', changePhones('1'))
    await customers.execute('b', changePhones('3', '2'))
    await deleteStream(storage, 'customer:b')
    await customers.execute('c', register('a@x', ['2', '3']))
    expect((await claimsIn(storage)).map(({ owner }) => owner).toSorted()).toEqual([
      ...['customer:a', 'customer:a', 'customer:c', 'customer:c', 'customer:c'],
    ])
  })

  it('of a command that is refused for one of them are all free', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    await customers.execute('a', register('a@x', ['1']))
    await expect(customers.execute('b', register('b@x', ['0', '1', '2']))).rejects.toMatchObject({ code: 'ValueTaken' })
    expect(await claimsIn(storage)).toHaveLength(2)
    await customers.execute('c', register('b@x', ['0', '2']))
  })

  it('are claimed once by a command that is repeated', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    const first = await customers.execute('a', register('a@x'), { commandId: 'r' })
    const claims = await claimsIn(storage)
    await customers.execute('a', changeEmail('b@x'))
    await customers.execute('b', register('a@x'))
    const again = await customers.execute('a', register('a@x'), { commandId: 'r' })
    expect(again).toMatchObject({ version: first.version, duplicate: true, state: { email: 'a@x' } })
    expect(claims).toHaveLength(1)
    expect((await claimsIn(storage)).map(({ owner }) => owner).toSorted()).toEqual(['customer:a', 'customer:b'])
  })

  it('are checked for each of several concurrent commands of one aggregate', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    await customers.execute('a', register('taken@x'))
    await customers.execute('b', register(null))
    const commands = [greet, changeEmail('taken@x'), greet, changeEmail('b@x'), greet, changeEmail(null), greet]
    const results = await Promise.allSettled(commands.map((command) => customers.execute('b', command)))
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value.version : one.reason.code))).toEqual([
      ...[2, 'ValueTaken', 3, 4, 5, 6, 7],
    ])
    await customers.execute('c', register('b@x'))
  })

  it('are also claimed and given up by a command that expects a version', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    await customers.execute('a', register('a@x'), { expectedVersion: 'noStream' })
    const refused = customers.execute('a', changeEmail('b@x'), { expectedVersion: 7 })
    await expect(refused).rejects.toMatchObject({ code: 'WrongExpectedVersion' })
    await customers.execute('b', register('b@x'))
    await customers.execute('a', changeEmail('c@x'), { expectedVersion: 1 })
    expect((await customers.load('a', { asOf: { version: 1 } })).state.email).toBe('a@x')
    await customers.execute('d', register('a@x'))
  })

  it('survive snapshots and reopening', async () => {
    await using storage = await open()
    const customers = repository(storage, customer, { snapshots: { every: 2 } })
    await customers.execute('a', register('a@x'))
    for (let i = 0; i < 5; i++) await customers.execute('a', greet)
    await customers.settled()
    const others = repository(storage, customer, { snapshots: { every: 2 } })
    await expect(others.execute('b', register('a@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
    await others.execute('a', changeEmail(null))
    await others.execute('b', register('a@x'))
  })
})

describe('unique values', () => {
  it('must be texts', async () => {
    const wrong = defineAggregate({ ...anyCustomer, unique: { email: () => 7 as unknown as string } })
    const customers = repository(openMemory(), wrong)
    await expect(customers.execute('a', register('a@x'))).rejects.toMatchObject({ code: 'InvalidDefinition' })
    const none = () => defineAggregate({ ...anyCustomer, unique: { email: 'email' as unknown as () => string } })
    expect(none).toThrow(expect.objectContaining({ code: 'InvalidDefinition' }))
  })

  it('that are empty are none', async () => {
    const customers = repository(openMemory(), customer)
    await customers.execute('a', register('', ['']))
    await customers.execute('b', register('', ['']))
    await customers.execute('c', register(null))
  })

  it('cost nothing where a command changes none', async () => {
    const storage = openMemory()
    let calls = 0
    const counted = new Proxy(storage.viewStore, {
      get: (store, name) => {
        calls++
        return Reflect.get(store, name)
      },
    })
    const customers = repository({ ...storage, viewStore: counted }, customer)
    await customers.execute('a', register(null))
    calls = 0
    await customers.execute('a', greet)
    await customers.execute('b', register(null))
    expect(calls).toBe(0)
    await customers.execute('a', changeEmail('a@x'))
    expect(calls).toBeGreaterThan(0)
  })

  it('take a storage with a view store', () => {
    const { viewStore: _, ...storage } = openMemory()
    expect(() => repository(storage, customer)).toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }))
    repository(storage, anyCustomer)
  })

  it('are in no claim, error or note in a form that anyone can read', async () => {
    const storage = openMemory()
    const customers = repository(storage, customer)
    await customers.execute('a', register('needle@x', ['555-needle']))
    const error = await customers.execute('b', register('needle@x')).catch((reason: unknown) => reason as Error)
    expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('needle')
    expect(JSON.stringify([...storage.state.views])).not.toContain('needle')
  })

  it('of a category that has streams already are refused until their claims are built', async () => {
    const storage = openMemory()
    await repository(storage, anyCustomer).execute('old', register('a@x'))
    const customers = repository(storage, customer)
    await expect(customers.execute('b', register('a@x'))).rejects.toMatchObject({ code: 'UniqueIndexStale' })
    await customers.execute('b', register(null))
  })
})
