import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineAggregate } from '../../../src/aggregates/aggregate.ts'
import { repository } from '../../../src/aggregates/repository.ts'
import { checkUnique } from '../../../src/aggregates/unique/check-unique.ts'
import { rebuildUnique } from '../../../src/aggregates/unique/rebuild-unique.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { openVault } from '../../../src/privacy/open-vault.ts'
import { withVault } from '../../../src/privacy/with-vault.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { claimRef, ROOT_KEY } from '../../../src/uniqueness/claim.ts'
import { storages } from '../aggregates/storages.ts'
import { testMaster } from '../privacy/support/vaults.ts'
import { claimsIn } from './support/claims.ts'

const events = defineEvents({
  Joined: {
    schema: z.object({ person: z.string(), email: z.string() }),
    personal: { of: (data) => data.person, fields: { email: '(Forgotten)' } },
  },
  Greeted: z.object({}),
})

const member = defineAggregate({
  category: 'member',
  events,
  initial: { email: '' },
  evolve: { Joined: (_, { data }) => ({ email: data.email }), Greeted: (state) => state },
  unique: { email: ({ email }) => email.toLowerCase() },
})

const join = (person: string, email: string) => () => events.create('Joined', { person, email })
const greet = () => events.create('Greeted', {})

/** A storage with a vault, and another process's access to both. */
async function opened(storage: StoragePort, clock: Clock = manualClock()) {
  const master = testMaster()
  const open = () => openVault({ keys: storage, master, clock, keyCache: { ttl: 1000 } })
  const vault = await open()
  return { storage: withVault(storage, vault), vault, other: async () => withVault(storage, await open()) }
}

describe.each(storages)('unique values of persons in %s', (_, open) => {
  it('are free once the person was forgotten', async () => {
    await using plain = await open()
    const { storage, vault } = await opened(plain)
    const members = repository(storage, member)
    await members.execute('1', join('ann', 'ann@x'))
    await expect(members.execute('2', join('bob', 'Ann@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
    await vault.forget('ann')
    await members.execute('2', join('bob', 'Ann@x'))
    await members.execute('1', greet)
    await expect(members.execute('3', join('cid', 'ann@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
  })

  it('are not their stand-ins, which several forgotten persons share', async () => {
    await using plain = await open()
    const { storage, vault } = await opened(plain)
    const members = repository(storage, member)
    for (const person of ['ann', 'bob']) {
      await members.execute(person, join(person, `${person}@x`))
      await vault.forget(person)
    }
    for (const person of ['ann', 'bob']) await members.execute(person, greet)
    expect(await checkUnique(storage, member)).toMatchObject({ ok: true, values: 0, abandoned: 2 })
    expect(await rebuildUnique(storage, member)).toMatchObject({ removed: 2, duplicates: 0, made: 0 })
    expect(await claimsIn(storage)).toEqual([])
  })

  it('are claimed under a secret of the vault, which all processes with the vault share', async () => {
    await using plain = await open()
    const { storage, other } = await opened(plain)
    await repository(storage, member).execute('1', join('ann', 'ann@x'))
    expect((await plain.viewStore.get(claimRef(ROOT_KEY)))?.document.data).toMatchObject({ secret: null })
    const theirs = repository(await other(), member)
    await expect(theirs.execute('2', join('bob', 'ann@x'))).rejects.toMatchObject({ code: 'ValueTaken' })
  })
})

it('claims of a storage whose secret is in a vault cannot be made without it', async () => {
  const plain = openMemory()
  const { storage } = await opened(plain)
  const any = defineAggregate({
    category: 'any',
    events: defineEvents({ Named: z.object({ name: z.string() }) }),
    initial: { name: '' },
    evolve: { Named: (_, { data }) => data },
    unique: { name: ({ name }) => name },
  })
  const name = () => any.events.create('Named', { name: 'x' })
  await repository(storage, any).execute('1', name)
  await expect(repository(plain, any).execute('2', name)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  await expect(repository(storage, any).execute('2', name)).rejects.toMatchObject({ code: 'ValueTaken' })
})
