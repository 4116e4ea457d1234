import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../../src/core/events/define-events.ts'
import { eventStore } from '../../../../src/core/events/event-store.ts'
import { verifyWriterSeal } from '../../../../src/integrity/writer-seal/verify-writer-seal.ts'
import { createWriterKey } from '../../../../src/integrity/writer-seal/writer-key.ts'
import { writerVerifier } from '../../../../src/integrity/writer-seal/writer-verifier.ts'
import { readKeySettings } from '../../../../src/open/chain/key-settings.ts'
import { openStorageWithVault } from '../../../../src/open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../../../src/open/vault/vault-config.ts'
import { createLocalMaster } from '../../../../src/privacy/index.ts'
import { wholeFeed } from '../../../../src/testing/conformance/support/feed.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const set = defineEvents({ Noted: z.object({ n: z.number() }) })

const open = (url: string, environment: Record<string, string>) =>
  openStorageWithVault(url, readVaultConfig(environment, url, 'TIDEMARK_STORAGE'), {
    setting: 'TIDEMARK_STORAGE',
    ...readKeySettings(environment, url, 'TIDEMARK_STORAGE'),
  })

it('a process with WRITER_KEY seals what it appends, and what its vault appends', async () => {
  const folder = tempFolder()
  const key = await createWriterKey(join(folder, 'writer.key'), 'ed25519')
  const verifiers = [await writerVerifier(String(key.verifier))]
  await createLocalMaster(join(folder, 'data.key'))
  const environment = { WRITER_KEY: join(folder, 'writer.key'), KEY_CACHE_TTL: '0', KEY_CACHE_MARGIN: '0' }
  const { storage, vault } = await open(`file:${join(folder, 'data')}`, environment)
  await using _ = storage
  await eventStore(storage, set).append('a:1', [set.create('Noted', { n: 1 })], { expectedVersion: 'any' })
  await vault?.forget('m-1')
  await vault?.finishDue()
  const found = (await wholeFeed(storage)).map(({ event }) => event)
  expect(found.map(({ eventType }) => eventType).sort()).toEqual(['$forgotten', 'Noted'])
  expect(found.map((one) => verifyWriterSeal(one, verifiers))).toEqual(['valid', 'valid'])
})

it('a process without WRITER_KEY seals nothing', async () => {
  const { storage } = await open(`file:${join(tempFolder(), 'data')}`, { WRITER_KEY: '' })
  await using _ = storage
  expect(storage.writerSeal).toBeUndefined()
})

it('a WRITER_KEY that is missing, is not a key, or can be read by others is refused before anything is opened', async () => {
  const folder = tempFolder()
  const file = join(folder, 'writer.key')
  const data = join(folder, 'data')
  const refused = () =>
    expect(open(`file:${data}`, { WRITER_KEY: file })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  await refused()
  writeFileSync(file, 'something else', { mode: 0o600 })
  await refused()
  chmodSync(file, 0o644)
  await refused()
  expect(existsSync(data)).toBe(false)
})
