import { afterEach, describe, expect, test } from 'vitest'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { STRICT } from '../../../src/cosmos-emulator/strict.ts'
import { copyKeys } from '../../../src/privacy/forgetting/copy-keys.ts'
import { listForgotten } from '../../../src/privacy/index.ts'
import { openVault } from '../../../src/privacy/open-vault.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { cosmosDatabases } from '../../support/cosmos/databases.ts'
import { open as openFolder } from '../../support/embedded/folders.ts'
import { definitions, registered } from './support/people.ts'
import { testMaster } from './support/vaults.ts'

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

const storages: { readonly [name: string]: () => Promise<StoragePort> } = {
  memory: async () => openMemory(),
  'the embedded storage': () => openFolder(),
  'Azure Cosmos DB': async () => {
    const databases = cosmosDatabases(1, {}, STRICT)
    const storage = await databases.open()
    cleanUps.push(async () => {
      await storage.close()
      await databases.cleanUp?.()
    })
    return storage
  },
}

describe.each(Object.entries(storages))('on %s', (_, open) => {
  test('people are sealed, forgotten, counted, admitted, rotated and copied', async () => {
    const storage = await open()
    const clock = manualClock()
    const [master, next] = [testMaster(), testMaster('test:2')]
    const vault = await openVault({ keys: storage, master, clock })
    vault.bind(storage)
    const people = Array.from({ length: 60 }, (__, i) => `m-${i}`)
    const append = async (person: string, name = 'Ada Lovelace') => {
      const events = await vault.events.seal(`member:${person}`, [registered(person, name)], definitions)
      return storage.events.append(`member:${person}`, events, { expectedVersion: 'any' })
    }
    await Promise.all(people.map((person) => append(person)))
    expect(await append('m-1')).toMatchObject({ duplicate: true })
    await expect(append('m-1', 'Eve')).rejects.toMatchObject({ code: 'EventIdReused' })

    const { unreadableBy } = await vault.forget('m-7')
    expect(await vault.status()).toMatchObject({ people: 60, forgotten: 1, unfinished: 1, overdue: 0 })
    clock.set(unreadableBy.getTime() + 5000)
    expect(await vault.finishDue()).toEqual({ finished: 1 })
    const forgotten: unknown[] = []
    for await (const { person } of listForgotten(storage.events)) forgotten.push(person)
    expect(forgotten).toEqual(['m-7'])

    const target = openMemory()
    expect(await copyKeys(storage, target)).toEqual({ read: 60, changed: 60 })
    expect(await vault.rotate({ master: next })).toMatchObject({ epoch: 2, rewrapped: 59 })
    const other = await openVault({ keys: storage, master: next, clock })
    const loaded = await Promise.all(people.map((person) => storage.events.load(`member:${person}`)))
    const events = loaded.flatMap((stream) => stream.events)
    const opened = await other.events.open(events, definitions, { personal: true })
    expect(opened.map(({ redacted }) => redacted.length)).toEqual(people.map((person) => (person === 'm-7' ? 2 : 0)))

    await vault.admit('m-7')
    await vault.events.seal('member:m-7', [registered('m-7', 'Ada', 'back')], definitions)
    expect(await vault.status()).toMatchObject({ people: 60, forgotten: 0, epochs: [{ epoch: 2, keys: 60 }] })
  })
})
