import { describe, expect, it } from 'vitest'
import { repository } from '../../../src/aggregates/repository.ts'
import { StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { CLAIM_LAPSED } from '../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { storages } from '../aggregates/storages.ts'
import { claimsIn } from './support/claims.ts'
import { changeEmail, changePhones, customer, greet, register } from './support/customers.ts'

/** A storage whose appends do what `append` says instead. */
function withAppend(storage: StoragePort, append: StoragePort['events']['append']): StoragePort {
  return { ...storage, events: { ...storage.events, append } }
}

/** A storage whose process stops before it appends anything, for ever or until it is woken. */
function sleepingBeforeAppend(storage: StoragePort) {
  const woken = Promise.withResolvers<void>()
  const append: StoragePort['events']['append'] = async (...args) => {
    await woken.promise
    return storage.events.append(...args)
  }
  return { storage: withAppend(storage, append), wake: woken.resolve }
}

describe.each(storages)('a claim in %s', (_, open) => {
  it('of a process that was killed before its append is free after the grace, and leaves a note', async () => {
    await using storage = await open()
    const dead = repository(sleepingBeforeAppend(storage).storage, customer)
    dead.execute('a', register('a@x')).catch(() => {})
    await expect.poll(() => claimsIn(storage)).toHaveLength(1)
    await repository(storage, customer, { uniqueGrace: 30 }).execute('b', register('a@x'))
    expect((await storage.events.load('customer:a')).events).toMatchObject([
      { eventType: CLAIM_LAPSED, eventData: { name: 'email' }, stream: { version: 1 } },
    ])
    expect(await claimsIn(storage)).toMatchObject([{ owner: 'customer:b' }])
  })

  it('of a process that slept past the grace fails when it wakes, and its command is decided again', async () => {
    await using storage = await open()
    const { storage: slow, wake } = sleepingBeforeAppend(storage)
    const sleeper = repository(slow, customer).execute('a', register('a@x'))
    sleeper.catch(() => {})
    await expect.poll(() => claimsIn(storage)).toHaveLength(1)
    await repository(storage, customer, { uniqueGrace: 0 }).execute('b', register('a@x'))
    wake()
    await expect(sleeper).rejects.toMatchObject({ code: 'ValueTaken', streamId: 'customer:a' })
    expect(await claimsIn(storage)).toMatchObject([{ owner: 'customer:b' }])
  })

  it('is not taken over while its append is in flight', async () => {
    await using storage = await open()
    const { storage: slow, wake } = sleepingBeforeAppend(storage)
    const first = repository(slow, customer).execute('a', register('a@x'))
    await expect.poll(() => claimsIn(storage)).toHaveLength(1)
    const second = repository(storage, customer, { uniqueGrace: 60_000 }).execute('b', register('a@x'))
    second.catch(() => {})
    wake()
    await first
    await expect(second).rejects.toMatchObject({ code: 'ValueTaken' })
    expect((await storage.events.load('customer:a')).version).toBe(1)
  })

  it('whose append was stored, but whose response was lost, stays with its owner', async () => {
    await using storage = await open()
    const losing = withAppend(storage, async (...args) => {
      await storage.events.append(...args)
      throw new StorageUnavailable('the response was lost')
    })
    const lost = repository(losing, customer).execute('a', register('a@x'))
    await expect(lost).rejects.toMatchObject({ code: 'StorageUnavailable' })
    const others = repository(storage, customer, { uniqueGrace: 0 })
    await expect(others.execute('b', register('a@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
  })

  it('cannot be ended in favour of another value twice', async () => {
    await using storage = await open()
    const dead = repository(sleepingBeforeAppend(storage).storage, customer)
    dead.execute('a', register('a@x', ['1'])).catch(() => {})
    await expect.poll(() => claimsIn(storage)).toHaveLength(2)
    const customers = repository(storage, customer, { uniqueGrace: 20 })
    await Promise.all([customers.execute('b', register('a@x')), customers.execute('c', register(null, ['1']))])
    expect((await storage.events.load('customer:a')).version).toBe(1)
  })
})

describe('a stream that contains nothing but notes of lapsed claims', () => {
  async function lapsed() {
    const storage = openMemory()
    const dead = repository(sleepingBeforeAppend(storage).storage, customer)
    dead.execute('a', register('a@x')).catch(() => {})
    await expect.poll(() => claimsIn(storage)).toHaveLength(1)
    const customers = repository(storage, customer, { uniqueGrace: 0, snapshots: { every: 1 } })
    await customers.execute('b', register('a@x'))
    return { storage, customers }
  }

  it('does not exist as an aggregate, and can be begun', async () => {
    const { storage, customers } = await lapsed()
    expect(await customers.load('a')).toMatchObject({ exists: false, version: 0, state: { email: null } })
    expect(await customers.execute('a', () => [])).toMatchObject({ version: 0, position: null })
    for (const expectedVersion of ['streamExists', 1] as const) {
      await expect(customers.execute('a', register('c@x'), { expectedVersion })).rejects.toMatchObject({
        code: 'WrongExpectedVersion',
        actual: 0,
      })
    }
    const begun = await customers.execute('a', register('c@x'), { expectedVersion: 'noStream' })
    expect(begun).toMatchObject({ version: 2, events: [{ version: 2 }] })
    await customers.settled()
    expect(await repository(storage, customer, { snapshots: { every: 1 } }).load('a')).toMatchObject({
      ...{ exists: true, version: 2, state: { email: 'c@x' } },
    })
  })

  it('can be begun by one of several concurrent commands', async () => {
    const { customers } = await lapsed()
    const commands = [greet, greet, changeEmail('c@x'), greet]
    const results = await Promise.all(commands.map((command) => customers.execute('a', command)))
    expect(results.map(({ version }) => version)).toEqual([2, 3, 4, 5])
  })
})

describe('a claim', () => {
  // JasperFx/marten#5344: the second stream took the key of the first in silence.
  it('of a living owner is not taken by a second one, whatever the clocks say', async () => {
    for (const skew of [-3_600_000, 0, 3_600_000]) {
      const storage = openMemory()
      const clock = manualClock()
      await repository(storage, customer, { clock }).execute('a', register('a@x'))
      clock.advance(skew)
      const second = repository(storage, customer, { clock, uniqueGrace: 0 }).execute('b', register('a@x'))
      await expect(second).rejects.toMatchObject({ code: 'ValueTaken' })
      await repository(storage, customer, { clock }).execute('a', greet)
      expect(await claimsIn(storage)).toMatchObject([{ owner: 'customer:a' }])
    }
  })

  // JasperFx/marten#5041: after a change, the earlier key was never free again.
  it('of a value that its owner changed is free, even if it could not be given back', async () => {
    const storage = openMemory()
    const keeping = { ...storage, viewStore: { ...storage.viewStore, remove: () => Promise.reject(new Error('lost')) } }
    const customers = repository(keeping, customer)
    await customers.execute('a', register('a@x'))
    await customers.execute('a', changeEmail('b@x'))
    expect(await claimsIn(storage)).toHaveLength(2)
    await customers.execute('b', register('a@x'))
    await expect(customers.execute('c', register('b@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
  })

  // langwatch/langwatch#7333: a reservation that had vanished counted as acquired.
  it('that vanished while it was looked at is made again before anything is appended', async () => {
    const storage = openMemory()
    let refusals = 2
    const save: typeof storage.viewStore.save = async (document, condition) => {
      const isClaim = document.data !== null && 'owner' in document.data
      return isClaim && refusals-- > 0 ? { saved: false } : storage.viewStore.save(document, condition)
    }
    const customers = repository({ ...storage, viewStore: { ...storage.viewStore, save } }, customer)
    await customers.execute('a', register('a@x'))
    expect(await claimsIn(storage)).toMatchObject([{ owner: 'customer:a', at: 1 }])
  })

  // Cratis/Chronicle#3697: of several rules for releasing, only the last one counted.
  it('is given back for each of several values that a command gives up', async () => {
    const storage = openMemory()
    const customers = repository(storage, customer)
    await customers.execute('a', register('a@x', ['1', '2', '3']))
    await customers.execute('a', register(null, ['2']))
    expect(await claimsIn(storage)).toHaveLength(1)
    await customers.execute('a', changePhones())
    expect(await claimsIn(storage)).toEqual([])
  })

  // Cratis/Chronicle#3632: the message of a violation contained the value.
  it('says nothing of the value where it is refused', async () => {
    const storage = openMemory()
    const customers = repository(storage, customer)
    await customers.execute('a', register('needle@x', ['needle-555']))
    const errors = await Promise.all(
      [register('needle@x'), changePhones('needle-555')].map((command) =>
        customers.execute('b', command).catch((error: unknown) => error as Error),
      ),
    )
    for (const error of errors as Error[]) {
      expect(error).toMatchObject({ code: 'ValueTaken' })
      expect(`${error} ${error.stack} ${JSON.stringify({ ...error })}`).not.toMatch(/needle/i)
    }
  })
})
