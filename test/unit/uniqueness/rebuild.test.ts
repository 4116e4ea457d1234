import { describe, expect, it } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { checkUnique, type UniqueProblem } from '../../../src/aggregates/unique/check-unique.ts'
import { type DuplicateValue, rebuildUnique } from '../../../src/aggregates/unique/rebuild-unique.ts'
import { deleteStream } from '../../../src/core/append/delete-stream.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { claimRef, UNIQUE } from '../../../src/uniqueness/claim.ts'
import { storages } from '../aggregates/storages.ts'
import { claimsIn } from './support/claims.ts'
import { anyCustomer, changeEmail, customer, greet, register, yearlyCustomer } from './support/customers.ts'

/** Customers from before values were unique: three, of whom two have the same telephone number. */
async function oldCustomers(storage: StoragePort): Promise<void> {
  const before = repository(storage, anyCustomer)
  await before.execute('a', register('a@x', ['1']))
  await before.execute('b', register('b@x', ['1', '2']))
  await before.execute('c', register('c@x'))
  await before.execute('c', changeEmail(null))
}

describe.each(storages)('a rebuild of unique values in %s', (_, open) => {
  it('makes the claims of streams from before, and reports values with two owners', async () => {
    await using storage = await open()
    await oldCustomers(storage)
    const problems: UniqueProblem[] = []
    const before = await checkUnique(storage, customer, { onProblem: (problem) => problems.push(problem) })
    expect(before).toMatchObject({ ok: false, built: false, streams: 3, values: 5, claims: 0, faults: { missing: 5 } })
    expect(problems[0]).toEqual({ fault: 'missing', owner: 'customer:a', field: 'email' })

    const duplicates: DuplicateValue[] = []
    const result = await rebuildUnique(storage, customer, { onDuplicate: (one) => duplicates.push(one) })
    expect(result).toMatchObject({ streams: 3, values: 5, made: 4, removed: 0, duplicates: 1 })
    expect(duplicates).toEqual([{ owner: 'customer:b', field: 'phone' }])
    expect(await checkUnique(storage, customer)).toMatchObject({ ok: false, built: true, faults: { duplicate: 1 } })

    const customers = repository(storage, customer)
    await expect(customers.execute('d', register('b@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
    await customers.execute('d', register('c@x'))
    await repository(storage, anyCustomer).execute('b', register('b@x', ['2']))
    expect(await checkUnique(storage, customer)).toMatchObject({ ok: true, values: 5, claims: 5, abandoned: 0 })
  })

  it('can be repeated, and ends what was interrupted', async () => {
    await using storage = await open()
    await oldCustomers(storage)
    let left = 1
    const interrupted = rebuildUnique(storage, customer, {
      onProgress: () => {
        if (--left === 0) throw new Error('interrupted')
      },
    })
    await expect(interrupted).rejects.toThrow('interrupted')
    await expect(repository(storage, customer).execute('d', register('d@x'))).rejects.toMatchObject({
      code: 'UniqueIndexStale',
    })
    expect(await rebuildUnique(storage, customer)).toMatchObject({ made: 2, duplicates: 1 })
    expect(await rebuildUnique(storage, customer)).toMatchObject({ made: 0, removed: 0, duplicates: 1 })
    await repository(storage, customer).execute('d', register('d@x'))
  })

  it('removes the claims that nobody needs any more, and mends those that are missing or of others', async () => {
    await using storage = await open()
    const customers = repository(storage, customer)
    await customers.execute('a', register('a@x'))
    await customers.execute('b', register('b@x'))
    await customers.execute('c', register('c@x'))
    await deleteStream(storage, 'customer:c')
    const { views } = await storage.viewStore.query({ projection: UNIQUE, version: 1 })
    for (const { document, etag } of views) {
      if (document.data?.owner === 'customer:a') await storage.viewStore.remove(claimRef(document.key), etag)
      const foreign = { ...document, data: { ...document.data, owner: 'customer:other', at: 7 } }
      if (document.data?.owner === 'customer:b') await storage.viewStore.save(foreign, { ifMatch: etag })
    }
    const faults = { missing: 1, foreign: 1, duplicate: 0, stale: 0 }
    expect(await checkUnique(storage, customer)).toMatchObject({ ok: false, faults, abandoned: 1 })
    await storage.events.append('customer:other', [note], { expectedVersion: 0 })
    expect(await rebuildUnique(storage, customer)).toMatchObject({ made: 2, removed: 1 })
    expect((await claimsIn(storage)).map(({ owner }) => owner).toSorted()).toEqual(['customer:a', 'customer:b'])
  })

  it('covers the open period of each aggregate with periods', async () => {
    await using storage = await open()
    const members = repository(storage, yearlyCustomer)
    await members.execute('a', register('a@x', ['1']), { period: '2020' })
    await members.execute('a', greet, { period: '2021' })
    await members.execute('b', register('b@x', ['1']), { period: '2021' })
    await storage.viewStore.drop(UNIQUE, 1)
    const result = await rebuildUnique(storage, yearlyCustomer)
    expect(result).toMatchObject({ streams: 2, values: 3, made: 3 })
    expect(await checkUnique(storage, yearlyCustomer)).toMatchObject({ ok: true })
  })
})

const note = { eventType: 'Greeted', eventData: {}, metadata: { eventId: 'e' } }

describe('unique values after the log has begun another life', () => {
  it('cannot be claimed until the claims are rebuilt', async () => {
    const storage = openMemory()
    const customers = repository(storage, customer)
    await customers.execute('a', register('a@x', ['1']))
    await customers.execute('b', register('b@x'))
    storage.loseTail('customer:b', 1)
    const restored = openMemory({ shared: storage.state, acceptDivergedLog: true })
    storage.state.incarnation = 'another'
    const after = { ...restored, incarnation: 'another' }
    const others = repository(after, customer)
    for (const email of ['a@x', 'b@x', 'new@x']) {
      await expect(others.execute('c', register(email))).rejects.toMatchObject({ code: 'UniqueIndexStale' })
    }
    await others.execute('c', register(null))
    await others.execute('a', greet)
    expect(await checkUnique(after, customer)).toMatchObject({ ok: false, built: false, faults: { stale: 2 } })
    expect(await rebuildUnique(after, customer)).toMatchObject({ made: 2, removed: 1 })
    await expect(others.execute('d', register('a@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
    await others.execute('d', register('b@x'))
    expect(await checkUnique(after, customer)).toMatchObject({ ok: true })
  })
})

it('a single claim from another incarnation of the log cannot be relied on either', async () => {
  const storage = openMemory()
  const customers = repository(storage, customer)
  await customers.execute('a', register('a@x'))
  await customers.execute('a', changeEmail('b@x'))
  const [found] = (await storage.viewStore.query({ projection: UNIQUE, version: 1, where: { at: 2 } })).views
  if (found === undefined) throw new Error('There is no claim')
  await storage.viewStore.save({ ...found.document, incarnation: 'before' }, { ifMatch: found.etag })
  await expect(customers.execute('b', register('b@x'))).rejects.toMatchObject({ code: 'UniqueIndexStale' })
  expect(await rebuildUnique(storage, customer)).toMatchObject({ made: 1 })
  await expect(customers.execute('b', register('b@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
})
