import { describe, expect, it } from 'vitest'
import { findVaultOfLog } from '../../../../../src/open/vault/opening/find-vault-of-log.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { definitions, registered } from '../../../privacy/support/people.ts'
import { setting } from '../../../privacy/support/vaults.ts'

async function sealedLog() {
  const { log, keys, master, open } = setting()
  const plain = { eventType: 'Noted', eventData: {}, metadata: { eventId: 'plain' } }
  await log.events.append('a-note:1', [plain], { expectedVersion: 'any' })
  const vault = await open()
  const sealed = await vault.events.seal('member:17', [registered('m-17', 'Ada Lovelace', 'sealed')], definitions)
  await log.events.append('member:17', sealed, { expectedVersion: 'any' })
  return { log, keys, master, vault }
}

describe('findVaultOfLog', () => {
  it('finds the vault that sealed the log', async () => {
    const { log, keys, master } = await sealedLog()
    expect(await findVaultOfLog(log, keys, 10)).toMatchObject({ masters: [master.id] })
  })

  it('permits a new vault for a log without personal data', async () => {
    expect(await findVaultOfLog(openMemory(), openMemory(), 10)).toBeUndefined()
    const { log } = await sealedLog()
    expect(await findVaultOfLog(log, openMemory(), 1)).toBeUndefined()
  })

  it('refuses a new vault for a log that another one sealed', async () => {
    const { log } = await sealedLog()
    await expect(findVaultOfLog(log, openMemory(), 10)).rejects.toMatchObject({ code: 'VaultMismatch' })
  })

  it('refuses a new vault for a log of which a person was forgotten, however many events precede', async () => {
    const { log, vault } = await sealedLog()
    await vault.forget('m-17')
    const marker = { eventType: '$forgotten', eventData: {}, metadata: { eventId: 'marker' } }
    await log.events.append('$privacy:AAAA', [marker], { expectedVersion: 'any' })
    await expect(findVaultOfLog(log, openMemory(), 1)).rejects.toMatchObject({ code: 'VaultMismatch' })
  })

  it('finds the vault that another process creates, and seals with, at the same moment', async () => {
    const { log, keys, master } = await sealedLog()
    let reads = 0
    const late = {
      viewStore: {
        ...keys.viewStore,
        getMany: (...query: Parameters<typeof keys.viewStore.getMany>) =>
          (reads++ === 0 ? openMemory() : keys).viewStore.getMany(...query),
      },
    }
    expect(await findVaultOfLog(log, late, 10)).toMatchObject({ masters: [master.id] })
  })
})
