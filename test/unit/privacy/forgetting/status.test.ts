import { expect, test } from 'vitest'
import { withVault } from '../../../../src/privacy/with-vault.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { sealed, setting } from '../support/vaults.ts'

test('the status counts people, the forgotten, what is left to do and epochs, and names nobody', async () => {
  const world = setting()
  const vault = await world.open()
  const since = new Date(world.clock.now())
  const epoch = { epoch: 1, master: 'test:1', since, keys: 0 }
  expect(await vault.status()).toEqual({ people: 0, forgotten: 0, unfinished: 0, overdue: 0, epochs: [epoch] })
  for (const person of ['m-1', 'm-2', 'm-3']) await sealed(vault, person)
  await vault.forget('m-1')
  await vault.forget('nobody yet')
  const status = await vault.status()
  expect(status).toEqual({ people: 4, forgotten: 2, unfinished: 2, overdue: 0, epochs: [{ ...epoch, keys: 2 }] })
  expect(JSON.stringify(status)).not.toMatch(/m-\d|nobody/)
  world.clock.advance(65_000)
  expect(await vault.status()).toMatchObject({ unfinished: 2, overdue: 2 })
  expect(await vault.finishDue()).toEqual({ finished: 2 })
  expect(await vault.status()).toMatchObject({ forgotten: 2, unfinished: 0, overdue: 0 })
})

test('a storage gets a vault, and the vault the log of that storage, but not a second log', async () => {
  const world = setting()
  const vault = await world.open()
  const storage = withVault(world.log, vault, { clock: world.clock })
  expect(storage.vault).toBe(vault)
  expect(storage.events).toBe(world.log.events)
  expect(typeof storage.views.get).toBe('function')
  withVault(world.log.reopen(), vault)
  expect(() => withVault(openMemory(), vault)).toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }))
})
