import { beforeEach, expect, test } from 'vitest'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { definitions, registered, stored } from '../support/people.ts'
import {
  keyDocuments,
  opened,
  type Setting,
  STREAM,
  sealed,
  sealedPart,
  setting,
  unsteady,
  watched,
} from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault

beforeEach(async () => {
  world = setting()
  vault = await world.open()
})

const many = (count: number, prefix = 'm-') => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

async function sealAll(of: PrivacyVault, people: readonly string[]) {
  const events = people.map((person) => registered(person))
  return (await of.events.seal(STREAM, events, definitions)).map((event, i) => stored(STREAM, event, i + 1))
}

test('the document of a person is one document with the key and the fence, and the key is wrapped', async () => {
  await sealed(vault, 'm-17')
  expect(keyDocuments(world.keys.state)).toEqual([
    {
      generation: 1,
      key: expect.stringMatching(/^[\w-]{80}$/),
      epoch: 1,
      forgottenThrough: 0,
      admitted: 1,
      marker: null,
    },
  ])
  expect(JSON.stringify([...world.keys.state.views])).not.toContain('m-17')
})

test('however many first uses of a person race, in several processes, there is one key, and all use it', async () => {
  for (let round = 0; round < 250; round++) {
    const person = `m-${round}`
    const vaults = await Promise.all([1, 2, 3, 4].map(() => world.open({ keys: unsteady(world.keys) })))
    const documents = await Promise.all(vaults.map((one, i) => sealed(one, person, `name ${i}`, `event ${i}`)))
    const reader = await world.open()
    for (const [i, document] of documents.entries()) {
      expect((await opened(reader, document)).data).toMatchObject({ name: `name ${i}` })
    }
    expect(new Set(documents.map((document) => sealedPart(document).k)).size).toBe(1)
  }
  expect(keyDocuments(world.keys.state)).toHaveLength(250)
  for (const { generation } of keyDocuments(world.keys.state)) expect(generation).toBe(1)
})

test('two processes that seal for a thousand new people at once agree on every key', async () => {
  const people = many(1000)
  const [one, two] = await Promise.all(
    [1, 2].map(async () => sealAll(await world.open({ keys: unsteady(world.keys) }), people)),
  )
  expect(two).toEqual(one)
  if (one === undefined || two === undefined) throw new Error('Nothing was sealed')
  const read = await (await world.open()).events.open([...one, ...two], definitions, { personal: true })
  expect(read.map(({ data }) => data.email)).toEqual([...people, ...people].map((person) => `${person}@example.org`))
})

test('a page of a thousand people takes one read of keys, and the next one none', async () => {
  const events = await sealAll(vault, many(1000))
  const { keys, calls } = watched(world.keys)
  const other = await world.open({ keys })
  const before = { ...world.master.calls }
  calls.length = 0
  await other.events.open(events, definitions, { personal: true })
  expect(calls).toEqual(['getMany'])
  await other.events.open(events, definitions, { personal: true })
  expect(calls).toEqual(['getMany'])
  expect(world.master.calls).toEqual(before)
})

test('reads of one key at the same time are one', async () => {
  const event = await sealed(vault, 'm-17')
  const { keys, calls } = watched(world.keys)
  const other = await world.open({ keys })
  calls.length = 0
  await Promise.all(many(20).map(() => opened(other, event)))
  expect(calls).toEqual(['getMany'])
})

test('a cached key is used for its time to live, counted from before it was read, and then read again', async () => {
  const event = await sealed(vault, 'm-17')
  const { keys, calls } = watched(world.keys, () => world.clock.advance(100))
  const other = await world.open({ keys, keyCache: { ttl: 1000 } })
  calls.length = 0
  await opened(other, event)
  world.clock.advance(899)
  await opened(other, event)
  expect(calls).toHaveLength(1)
  world.clock.advance(1)
  await opened(other, event)
  expect(calls).toHaveLength(2)
})

test('a wall clock that is set back does not keep a key longer', async () => {
  const event = await sealed(vault, 'm-17')
  await vault.forget('m-17')
  world.clock.set(0)
  expect((await opened(vault, event)).redacted).toEqual(['email', 'name'])
  const other = await world.open()
  const another = await sealed(other, 'm-18')
  await (await world.open()).forget('m-18')
  expect(await opened(other, another)).toMatchObject({ redacted: [] })
  world.clock.advance(-1)
  expect(await opened(other, another)).toMatchObject({ redacted: ['email', 'name'] })
})

test('the key cache holds no more people than it may', async () => {
  const events = await sealAll(vault, many(10))
  const { keys, calls } = watched(world.keys)
  const other = await world.open({ keys, keyCache: { max: 5 } })
  calls.length = 0
  for (const event of [...events, ...events]) await opened(other, event)
  expect(calls).toHaveLength(20)
})

test('a storage of keys that is down is KeysUnavailable, never forgetting, and everything goes on afterwards', async () => {
  const event = await sealed(vault, 'm-17')
  let isDown = false
  const { keys } = watched(world.keys, () => {
    if (isDown) throw new StorageUnavailable('down')
  })
  const other = await world.open({ keys })
  isDown = true
  const unavailable = { code: 'KeysUnavailable', cause: { code: 'StorageUnavailable' } }
  await expect(opened(other, event)).rejects.toMatchObject(unavailable)
  await expect(sealed(other, 'm-17')).rejects.toMatchObject(unavailable)
  await expect(sealed(other, 'm-18')).rejects.toMatchObject(unavailable)
  await expect(other.forget('m-17')).rejects.toMatchObject(unavailable)
  await expect(other.states.areCurrent([sealedPart(event).k])).rejects.toMatchObject(unavailable)
  await expect(openVaultAgain(keys)).rejects.toMatchObject(unavailable)
  isDown = false
  expect(await opened(other, event)).toMatchObject({ redacted: [] })
  expect(await sealed(other, 'm-17')).toEqual(event)
})

const openVaultAgain = (keys: ReturnType<typeof watched>['keys']) => world.open({ keys })

test('a key whose document is gone is PersonalKeyMissing, not forgetting', async () => {
  const event = await sealed(vault, 'm-17')
  for (const id of world.keys.state.views.keys()) if (!id.endsWith('$root')) world.keys.state.views.delete(id)
  await expect(opened(await world.open(), event)).rejects.toMatchObject({
    code: 'PersonalKeyMissing',
    where: 'member:17@1',
  })
})

test('a key that another process made while its absence was being read is found, and not missing', async () => {
  const [read, arrived] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isSlow = false
  const { viewStore } = world.keys
  const slow: typeof viewStore = {
    ...viewStore,
    async getMany(...wanted) {
      const found = await viewStore.getMany(...wanted)
      if (isSlow) {
        isSlow = false
        read.resolve()
        await arrived.promise
      }
      return found
    },
  }
  const other = await world.open({ keys: { viewStore: slow } })
  isSlow = true
  const sealing = sealed(other, 'm-17')
  await read.promise
  const event = await sealed(vault, 'm-17')
  const opening = opened(other, event)
  arrived.resolve()
  expect(await opening).toMatchObject({ redacted: [] })
  expect(await sealing).toEqual(event)
})

test('a lost document leads to no second key under the same name that would open old data as garbage', async () => {
  const old = await sealed(vault, 'm-17')
  for (const id of world.keys.state.views.keys()) if (!id.endsWith('$root')) world.keys.state.views.delete(id)
  const other = await world.open()
  const next = await sealed(other, 'm-17', 'Ada', 'another')
  expect((await opened(other, next)).data).toMatchObject({ name: 'Ada' })
  await expect(opened(other, old)).rejects.toMatchObject({ code: 'PersonalDataTampered' })
})

test('a storage that lost only the document of the vault is VaultMismatch, and no new vault is created in it', async () => {
  await sealed(vault, 'm-17')
  world.keys.state.views.delete('$keys:1:$root')
  await expect(world.open()).rejects.toMatchObject({ code: 'VaultMismatch' })
  await expect(sealed(vault, 'm-18')).rejects.toMatchObject({ code: 'VaultMismatch' })
  expect(world.keys.state.views.size).toBe(1)
})

test('keys of another vault are VaultMismatch', async () => {
  const event = await sealed(vault, 'm-17')
  const other = setting()
  const another = await sealed(await other.open(), 'm-17')
  const { k } = sealedPart(another)
  const id = `$keys:1:${k.split('.')[0]}`
  world.keys.state.views.set(id, other.keys.state.views.get(id) as never)
  await expect(opened(await world.open(), another)).rejects.toMatchObject({ code: 'VaultMismatch' })
  // A fence of another vault says nothing about the people of this one.
  await (await other.open()).forget('m-17')
  world.keys.state.views.set(id, other.keys.state.views.get(id) as never)
  await expect(opened(await world.open(), another)).rejects.toMatchObject({ code: 'VaultMismatch' })
  expect(await opened(vault, event)).toMatchObject({ redacted: [] })
})

test('a wrapped key that was moved to another person, or changed, is VaultMismatch', async () => {
  const [one, two] = [await sealed(vault, 'm-17'), await sealed(vault, 'm-18')]
  const idOf = (event: typeof one) => `$keys:1:${sealedPart(event).k.split('.')[0]}`
  const { views } = world.keys.state
  const before = views.get(idOf(one)) as { json: string; etag: string }
  const document = JSON.parse(before.json)
  const other = JSON.parse((views.get(idOf(two)) as { json: string }).json)
  for (const data of [{ ...document.data, key: other.data.key }, { ...document.data, generation: 2 }, { bad: true }]) {
    views.set(idOf(one), { ...before, json: JSON.stringify({ ...document, data }) })
    await expect(opened(await world.open(), one)).rejects.toMatchObject({ code: 'VaultMismatch' })
  }
})

test('the ids of keys differ from vault to vault, so that nobody can look for a person whose id they guess', async () => {
  const one = sealedPart(await sealed(vault, 'm-17')).k
  const two = sealedPart(await sealed(await setting().open(), 'm-17')).k
  expect(one).not.toBe(two)
  expect(sealedPart(await sealed(await world.open(), 'm-17')).k).toBe(one)
})

test('keys can be stored in the storage of the log itself', async () => {
  const storage = openMemory({ clock: world.clock })
  const own = await world.open({ keys: storage })
  expect(await opened(own, await sealed(own, 'm-17'))).toMatchObject({ redacted: [] })
  expect(storage.state.views.size).toBe(2)
})
