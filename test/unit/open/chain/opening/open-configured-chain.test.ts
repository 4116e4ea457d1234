import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ChainConfig } from '../../../../../src/open/chain/chain-config.ts'
import { openConfiguredChain } from '../../../../../src/open/chain/opening/open-configured-chain.ts'
import { prepareKey } from '../../../../../src/open/chain/opening/prepare-key.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../../src/views/with-views.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'

const open = (config: Partial<ChainConfig>) => openConfiguredChain(withViews(openMemory()), { anchors: [], ...config })

test('what is wrong with the signing key is said of CHAIN_KEY', async () => {
  const file = join(tempFolder(), 'key')
  await expect(open({ keyFile: file })).rejects.toThrow(`CHAIN_KEY: ${file}: the signing key cannot be read`)
  writeFileSync(file, 'junk', { mode: 0o600 })
  await expect(open({ keyFile: file })).rejects.toThrow(`CHAIN_KEY: ${file} is not the file of a signing key`)
  chmodSync(file, 0o644)
  await expect(open({ keyFile: file })).rejects.toThrow(`CHAIN_KEY: ${file}: others may read the signing key`)
})

test('what is wrong with the name of the chain is said of the setting that it came from', async () => {
  await expect(open({ origin: 'acme meters' })).rejects.toThrow(/^CHAIN_ORIGIN: .+ white space$/)
  await expect(open({ origin: 'a+b', originSetting: '--origin' })).rejects.toThrow(/^--origin: .+ plus sign$/)
})

test('what is wrong with an anchor is said of CHAIN_ANCHORS', async () => {
  const anchors = [{ kind: 'witness', url: 'https://witness.example', verifierKey: 'w+00000000+AAAA' }] as const
  await expect(open({ origin: 'acme', anchors })).rejects.toThrow(/^CHAIN_ANCHORS: Invalid verifier key/)
})

test('a chain has the name of its key, if it has no other', async () => {
  const keyFile = join(tempFolder(), 'key')
  await prepareKey(keyFile, () => ({ origin: 'acme/meters', setting: 'CHAIN_ORIGIN' }))
  expect((await open({ keyFile })).chain.context.origin).toBe('acme/meters')
  expect((await open({ keyFile, origin: 'acme/others' })).chain.context.origin).toBe('acme/others')
})
