import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { copyKeys } from '../../../../src/privacy/forgetting/copy-keys.ts'
import type { PrivacyVault } from '../../../../src/privacy/open-vault.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import { forgetCompletely } from '../support/forgetting.ts'
import { keyDocuments, opened, type Setting, sealed, setting, testMaster } from '../support/vaults.ts'

let world: Setting
let vault: PrivacyVault
let target: MemoryStorage

beforeEach(async () => {
  world = setting()
  vault = await world.open()
  target = openMemory({ clock: world.clock })
})

const inTarget = () => world.open({ keys: target })

test('keys are copied still wrapped, and open what was sealed', async () => {
  const events = [await sealed(vault, 'm-17'), await sealed(vault, 'm-18')]
  const calls = { ...world.master.calls }
  const progress: number[] = []
  expect(await copyKeys(world.keys, target, { onProgress: (count) => progress.push(count) })).toEqual({
    read: 2,
    changed: 2,
  })
  expect(progress).toEqual([2])
  expect(world.master.calls).toEqual(calls)
  for (const event of events) expect(await opened(await inTarget(), event)).toMatchObject({ redacted: [] })
  expect(await copyKeys(world.keys, target)).toEqual({ read: 2, changed: 0 })
})

test('whoever either storage has forgotten is forgotten: a copy does not bring a key back, in either direction', async () => {
  const [one, two] = [await sealed(vault, 'm-1'), await sealed(vault, 'm-2')]
  await copyKeys(world.keys, target)
  await vault.forget('m-1')
  await (await inTarget()).forget('m-2')
  await copyKeys(world.keys, target)
  await copyKeys(target, world.keys)
  for (const keys of [world.keys, target]) {
    const reader = await world.open({ keys })
    for (const event of [one, two]) expect(await opened(reader, event)).toMatchObject({ redacted: ['email', 'name'] })
    for (const person of ['m-1', 'm-2']) {
      await expect(sealed(reader, person)).rejects.toMatchObject({ code: 'PersonForgotten' })
    }
    expect(keyDocuments(keys.state).map(({ key }) => key)).toEqual([null, null])
  }
})

test('a repeated copy takes over for how long keys are cached, since that decides how long forgetting takes', async () => {
  await sealed(vault, 'm-17')
  await copyKeys(world.keys, target)
  await world.open({ keyCache: { ttl: 600_000 } })
  await copyKeys(world.keys, target)
  const { unreadableBy } = await (await inTarget()).forget('m-17')
  expect(unreadableBy.getTime() - world.clock.now()).toBe(600_000)
})

test('the newest generation wins', async () => {
  await sealed(vault, 'm-17')
  await copyKeys(world.keys, target)
  await forgetCompletely(world, 'm-17')
  await vault.admit('m-17')
  const back = await sealed(vault, 'm-17', 'Ada', 'back')
  await copyKeys(world.keys, target)
  expect(await opened(await inTarget(), back)).toMatchObject({ redacted: [] })
  await copyKeys(target, world.keys)
  expect(keyDocuments(world.keys.state)).toMatchObject([{ generation: 2, forgottenThrough: 1 }])
})

test('copying back and forth reaches the same in both, whatever was forgotten or made where', async () => {
  const step = fc.tuple(
    fc.constantFrom(0, 1),
    fc.constantFrom('seal', 'forget', 'return', 'copy'),
    fc.constantFrom('m-1', 'm-2'),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      world = setting()
      const both = [world.keys, openMemory({ clock: world.clock })] as const
      await world.open()
      await copyKeys(both[0], both[1])
      const forgotten = new Set<string>()
      for (const [where, what, person] of steps) {
        const own = await world.open({ keys: both[where] as MemoryStorage })
        // Two storages that make keys for one person apart are two vaults; the second one has what the first one made.
        if (what === 'seal')
          await sealed(own, person).then(
            () => copyKeys(both[where] as MemoryStorage, both[1 - where] as MemoryStorage),
            () => {},
          )
        if (what === 'forget') forgotten.add(person)
        if (what === 'forget') await own.forget(person)
        if (what === 'return') {
          world.clock.advance(100_000)
          await own.finishDue()
        }
        if (what === 'copy') await copyKeys(both[where] as MemoryStorage, both[1 - where] as MemoryStorage)
      }
      await copyKeys(both[0], both[1])
      await copyKeys(both[1], both[0])
      const of = ({ state }: MemoryStorage) =>
        keyDocuments(state)
          .map((document) => ({ ...document, marker: null }))
          .sort(byText)
      expect(of(both[1])).toEqual(of(both[0]))
      expect(of(both[0]).filter(({ key }) => key === null)).toHaveLength(forgotten.size)
    }),
    { numRuns: 40 },
  )
})

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

test('another vault in the target, or none in the source, is VaultMismatch, and nothing is copied', async () => {
  await sealed(vault, 'm-17')
  const other = setting()
  await other.open()
  await expect(copyKeys(world.keys, other.keys)).rejects.toMatchObject({ code: 'VaultMismatch' })
  expect(keyDocuments(other.keys.state)).toEqual([])
  await expect(copyKeys(target, world.keys)).rejects.toMatchObject({ code: 'VaultMismatch' })
})

test('a key of an epoch that the target has rotated away is VaultMismatch', async () => {
  await copyKeys(world.keys, target)
  await sealed(vault, 'm-17')
  const next = testMaster('test:2')
  await (await inTarget()).rotate({ master: next })
  await expect(copyKeys(world.keys, target)).rejects.toMatchObject({ code: 'VaultMismatch' })
  await vault.forget('m-17')
  expect(await copyKeys(world.keys, target)).toEqual({ read: 1, changed: 1 })
})
