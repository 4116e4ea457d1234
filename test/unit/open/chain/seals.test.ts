import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSealKey, createWriterKey } from '../../../../src/integrity/index.ts'
import { readKeySettings } from '../../../../src/open/chain/key-settings.ts'
import { openStorageWithVault } from '../../../../src/open/vault/open-with-vault.ts'
import { readVaultConfig } from '../../../../src/open/vault/vault-config.ts'
import { createLocalMaster } from '../../../../src/privacy/index.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { append, perStream } from '../../processor/support.ts'

async function open(url: string, environment: Record<string, string>) {
  const { storage } = await openStorageWithVault(url, readVaultConfig(environment, url, 'TIDEMARK_STORAGE'), {
    setting: 'TIDEMARK_STORAGE',
    ...readKeySettings(environment, url, 'TIDEMARK_STORAGE'),
  })
  return storage
}

it('a process with SEAL_KEY, a writer key and a vault seals the views that it saves', async () => {
  const folder = tempFolder()
  const url = `file:${join(folder, 'data')}`
  await createLocalMaster(join(folder, 'data.key'))
  await createSealKey(join(folder, 'seal.key'))
  await createWriterKey(join(folder, 'writer.key'), 'hmac')
  await using storage = await open(url, { SEAL_KEY: join(folder, 'seal.key'), WRITER_KEY: join(folder, 'writer.key') })
  await append(storage, 's:a', [1])
  await foldAll(storage, perStream)
  expect(storage).toMatchObject({ vault: expect.anything(), writerSeal: expect.anything() })
  expect(await storage.views.get(perStream, 's:a')).toMatchObject({ total: 1 })
  const view = await storage.viewStore.get({ projection: 'per-stream', version: 1, key: 's:a' })
  expect(view?.document).toMatchObject({ seal: { mac: expect.any(String) } })
})

it('a process without SEAL_KEY seals no views', async () => {
  await using storage = await open(`file:${join(tempFolder(), 'data')}`, { SEAL_KEY: '' })
  expect(storage.seals).toBeUndefined()
})

it('views without a seal are refused, unless SEAL_UNSEALED accepts them', async () => {
  const folder = tempFolder()
  const url = `file:${join(folder, 'data')}`
  await using bare = await open(url, {})
  await append(bare, 's:a', [1])
  await foldAll(bare, perStream)
  await createSealKey(join(folder, 'data.seal-key'))
  await using strict = await open(url, {})
  await expect(strict.views.get(perStream, 's:a')).rejects.toMatchObject({ code: 'SealMissing' })
  await using lenient = await open(url, { SEAL_UNSEALED: 'accept' })
  expect(await lenient.views.get(perStream, 's:a')).toMatchObject({ total: 1 })
})

it('a SEAL_KEY that is missing, is another key, or can be read by others is refused before anything is opened', async () => {
  const folder = tempFolder()
  const file = join(folder, 'seal.key')
  const data = join(folder, 'data')
  const refused = (name = file) =>
    expect(open(`file:${data}`, { SEAL_KEY: name })).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  await refused()
  writeFileSync(file, 'something else', { mode: 0o600 })
  await refused()
  await createWriterKey(join(folder, 'writer.key'), 'hmac')
  await refused(join(folder, 'writer.key'))
  await createSealKey(join(folder, 'right.key'))
  await refused(`${join(folder, 'right.key')},${file}`)
  chmodSync(join(folder, 'right.key'), 0o644)
  await refused(join(folder, 'right.key'))
  expect(existsSync(data)).toBe(false)
})
