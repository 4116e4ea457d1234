import { eventStore } from '../../../../src/core/events/event-store.ts'
import { openStorageWithVault } from '../../../../src/open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../../../src/open/vault/vault-config.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import type { Storage } from '../../../../src/views/with-views.ts'
import { memberEvents } from './events.ts'
import cards from './projections/member-cards.ts'

export type Environment = Readonly<Record<string, string>>

/** Opens a storage as every process does, with the vault that its environment names, and does some work. */
async function within<T>(url: string, environment: Environment, work: (storage: Storage) => Promise<T>): Promise<T> {
  const config = readVaultConfig(environment, url, 'TIDEMARK_STORAGE')
  const { storage } = await openStorageWithVault(url, config, { setting: 'TIDEMARK_STORAGE' })
  await using _ = storage
  return await work(storage)
}

/** Registers members: their names by their ids. */
export const register = (url: string, environment: Environment, names: Readonly<Record<string, string>>) =>
  within(url, environment, async (storage) => {
    for (const [memberId, name] of Object.entries(names)) await registerOne(storage, memberId, name)
  })

/** Registers members, and projects their cards. */
export const registerWithCards = (url: string, environment: Environment, names: Readonly<Record<string, string>>) =>
  within(url, environment, async (storage) => {
    await using _ = await startProcessor(storage, [cards])
    for (const [memberId, name] of Object.entries(names)) {
      const { position } = await registerOne(storage, memberId, name)
      await storage.views.waitFor(cards, memberId, position)
    }
  })

function registerOne(storage: Storage, memberId: string, name: string) {
  const registered = memberEvents.create('Registered', { memberId, name, scan: `scan of ${name}` })
  return eventStore(storage, memberEvents).append(`member:${memberId}`, [registered], { expectedVersion: 'noStream' })
}

/** The names of all members, by their ids. */
export const names = (url: string, environment: Environment) =>
  within(url, environment, async (storage) => {
    const found: Record<string, string> = {}
    for await (const { data } of eventStore(storage, memberEvents).query({})) found[data.memberId] = data.name
    return found
  })
