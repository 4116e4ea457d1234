import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareKey } from '../../../../../src/open/chain/opening/prepare-key.ts'
import { tempFolder } from '../../../../support/embedded/folders.ts'

const named = () => ({ origin: 'acme/meters', setting: 'CHAIN_ORIGIN' })
const unexpected = () => {
  throw new Error('The key exists')
}

test('a signing key is created once, whatever name is given later', async () => {
  const file = join(tempFolder(), 'data.chain-key')
  const first = await prepareKey(file, named)
  const second = await prepareKey(file, unexpected)
  expect(first.created).toBe(true)
  expect(second).toMatchObject({
    created: false,
    signer: { name: 'acme/meters', verifierKey: first.signer.verifierKey },
  })
})

test('processes that create a signing key at the same moment use the same one', async () => {
  const file = join(tempFolder(), 'data.chain-key')
  const all = await Promise.all(Array.from({ length: 10 }, () => prepareKey(file, named)))
  expect(new Set(all.map(({ signer }) => signer.verifierKey)).size).toBe(1)
  expect(all.filter(({ created }) => created)).toHaveLength(1)
})

test('a damaged signing key is not replaced', async () => {
  const file = join(tempFolder(), 'data.chain-key')
  writeFileSync(file, 'junk', { mode: 0o600 })
  await expect(prepareKey(file, unexpected)).rejects.toThrow(`CHAIN_KEY: ${file} is not the file of a signing key`)
})

test.for([
  ['no such folder', (file: string) => join(file, 'key'), 'acme', /^CHAIN_KEY: .+ cannot be written$/],
  ['a name that is none', (file: string) => file, 'acme meters', /^--origin: .+ white space$/],
] as const)('of %s, an error names the setting', async ([, fileIn, origin, message]) => {
  const file = fileIn(join(tempFolder(), 'data.chain-key'))
  await expect(prepareKey(file, () => ({ origin, setting: '--origin' }))).rejects.toThrow(message)
})
