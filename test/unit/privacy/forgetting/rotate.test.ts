import { beforeEach, describe, expect, test } from 'vitest'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import { definitions, registered, stored } from '../support/people.ts'
import {
  keyDocuments,
  opened,
  type Setting,
  STREAM,
  sealed,
  setting,
  type TestMaster,
  testMaster,
  unsteady,
  watched,
} from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault
let next: TestMaster

beforeEach(async () => {
  world = setting()
  vault = await world.open()
  next = testMaster('test:2')
})

const members = (count: number) => Array.from({ length: count }, (_, i) => `m-${i}`)

async function sealMany(of: PrivacyVault, people: readonly string[]) {
  const events = people.map((person) => registered(person))
  return (await of.events.seal(STREAM, events, definitions)).map((event, i) => stored(STREAM, event, i + 1))
}

const namesIn = async (of: PrivacyVault, events: Awaited<ReturnType<typeof sealMany>>) =>
  (await of.events.open(events, definitions, { personal: true })).map(({ data }) => data.name)

test('after a rotation, everything is opened with the new master key alone, and nothing was sealed again', async () => {
  const events = await sealMany(vault, members(30))
  const before = new Date(world.clock.now())
  world.clock.advance(1000)
  const progress: number[] = []
  const report = await vault.rotate({ master: next, onProgress: (count) => progress.push(count) })
  expect(report).toEqual({
    epoch: 2,
    rewrapped: 30,
    retired: [{ master: 'test:1', since: before }],
    sameMaster: false,
  })
  expect(progress.at(-1)).toBe(30)
  const other = await world.open({ master: next })
  expect(await namesIn(other, events)).toEqual(events.map(() => 'Ada Lovelace'))
  expect(await sealMany(other, members(30))).toEqual(events)
  expect(keyDocuments(world.keys.state).every(({ epoch }) => epoch === 2)).toBe(true)
  expect(next.calls).toEqual({ wrap: 1, unwrap: 2 })
})

test('a rotation to the same master key says that it does not make old backups useless', async () => {
  await sealed(vault, 'm-17')
  expect(await vault.rotate()).toMatchObject({ epoch: 2, sameMaster: true, retired: [] })
  expect(await opened(await world.open(), await sealed(vault, 'm-17'))).toMatchObject({ redacted: [] })
})

test('a rotation reports how long destroying the retired master key takes, if that is known', async () => {
  world = setting()
  const own = { ...world.master, destructionDays: { least: 7, most: 30 } }
  vault = await world.open({ master: own })
  const { retired } = await vault.rotate({ master: next })
  expect(retired).toMatchObject([{ master: 'test:1', destructionDays: { least: 7, most: 30 } }])
})

test('an interrupted rotation is continued by the next call, also by another process, in the same epoch', async () => {
  await sealMany(vault, members(1200))
  const stop = new AbortController()
  const rotating = vault.rotate({
    master: next,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('stopped')),
  })
  await expect(rotating).rejects.toThrow('stopped')
  expect((await vault.status()).epochs.map(({ epoch, keys }) => [epoch, keys])).toEqual([
    [1, 700],
    [2, 500],
  ])
  const other = await world.open({ master: [next, world.master] })
  expect(await other.rotate()).toMatchObject({ epoch: 2, rewrapped: 700, retired: [{ master: 'test:1' }] })
  expect((await other.status()).epochs).toMatchObject([{ epoch: 2, master: 'test:2', keys: 1200 }])
  const calls = { ...next.calls }
  expect(await namesIn(await world.open({ master: next }), await sealMany(other, members(1200)))).toHaveLength(1200)
  expect(next.calls.wrap).toBe(calls.wrap)
})

test('a process that seals while another one rotates loses no key, however the two interleave', async () => {
  for (let round = 0; round < 60; round++) {
    world = setting()
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map(() =>
        world.open({
          keys: unsteady(world.keys),
          master: [world.master, next],
          keyCache: { ttl: round % 2 === 0 ? 0 : 60_000 },
        }),
      ),
    )
    if (!one || !two || !three) throw new Error('No vaults')
    const early = await sealMany(one, members(5))
    const sealing = async (of: PrivacyVault, prefix: string) => {
      const events: Awaited<ReturnType<typeof sealMany>>[number][] = []
      for (let i = 0; i < 12; i++) events.push(...(await sealMany(of, [`${prefix}${i}`, 'both'])))
      return events
    }
    const [a, b] = await Promise.all([sealing(one, 'a'), sealing(two, 'b'), three.rotate({ master: next })])
    await three.rotate({ master: next })
    const reader = await world.open({ master: next })
    for (const events of [early, a, b]) expect(await namesIn(reader, events)).toEqual(events.map(() => 'Ada Lovelace'))
  }
})

test('a key that was made under an earlier epoch is rewrapped before it is used', async () => {
  const { keys, calls } = watched(world.keys)
  const slow = await world.open({ keys, master: [world.master, next] })
  // The rotation is over between this process's look at the vault and its first save.
  let isRotating = false
  const hooked = {
    viewStore: {
      ...keys.viewStore,
      save: async (...args: Parameters<typeof keys.viewStore.save>) => {
        if (!isRotating) {
          isRotating = true
          await vault.rotate({ master: next })
        }
        return keys.viewStore.save(...args)
      },
    },
  }
  const late = await world.open({ keys: hooked, master: [world.master, next] })
  const event = await sealed(late, 'm-17')
  expect(isRotating).toBe(true)
  expect(keyDocuments(world.keys.state)).toMatchObject([{ epoch: 2 }])
  expect(await opened(await world.open({ master: next }), event)).toMatchObject({ redacted: [] })
  expect(await sealed(slow, 'm-17')).toEqual(event)
  expect(calls).toContain('getMany')
})

test('during a rotation, a key is rewrapped before anything more is sealed under it', async () => {
  const events = await sealMany(vault, members(600))
  const stop = new AbortController()
  const rotating = vault.rotate({
    master: next,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error('stopped')),
  })
  await expect(rotating).rejects.toThrow('stopped')
  const epochs = () => keyDocuments(world.keys.state).map(({ epoch }) => epoch)
  expect(epochs().filter((epoch) => epoch === 1)).toHaveLength(100)
  const other = await world.open({ master: [next, world.master] })
  expect(await namesIn(other, events)).toHaveLength(600)
  expect(epochs()).toContain(1)
  expect(await sealMany(other, members(600))).toEqual(events)
  expect(epochs()).not.toContain(1)
})

test('a process without the new master key says which one it needs, and is never taken to have lost a key', async () => {
  const other = await world.open()
  await vault.rotate({ master: next })
  const event = await sealed(vault, 'm-17')
  const refused = { code: 'InvalidConfiguration', message: expect.stringContaining('test:2') }
  await expect(opened(other, event)).rejects.toMatchObject(refused)
  await expect(world.open()).rejects.toMatchObject(refused)
})

test('forgetting during a rotation is final', async () => {
  for (let round = 0; round < 30; round++) {
    world = setting()
    const [one, two] = await Promise.all([1, 2].map(() => world.open({ keys: unsteady(world.keys) })))
    if (!one || !two) throw new Error('No vaults')
    const events = await sealMany(one, members(6))
    await Promise.all([one.rotate({ master: next }), ...members(3).map((person) => two.forget(person))])
    const read = await (await world.open({ master: next })).events.open(events, definitions, { personal: true })
    expect(read.map(({ redacted }) => redacted.length)).toEqual([2, 2, 2, 0, 0, 0])
    for (const { key, forgottenThrough } of keyDocuments(world.keys.state))
      expect(key === null).toBe(forgottenThrough > 0)
  }
})

describe('an old backup of the keys', () => {
  test('it is dead after a rotation: its master key opens nothing of now, and the one of now opens nothing of it', async () => {
    const event = await sealed(vault, 'm-17')
    const backup = new Map(world.keys.state.views)
    await vault.forget('m-17')
    await vault.rotate({ master: next })
    const { views } = world.keys.state
    const now = new Map(views)
    // The documents of people alone are restored.
    for (const [id, document] of backup) if (!id.endsWith('$root')) views.set(id, document)
    await expect(opened(await world.open({ master: next }), event)).rejects.toMatchObject({ code: 'VaultMismatch' })
    // All of it is restored, and the retired master key was destroyed.
    views.clear()
    for (const [id, document] of backup) views.set(id, document)
    await expect(world.open({ master: next })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
    views.clear()
    for (const [id, document] of now) views.set(id, document)
    expect(await opened(await world.open({ master: next }), event)).toMatchObject({ redacted: ['email', 'name'] })
  })
})
