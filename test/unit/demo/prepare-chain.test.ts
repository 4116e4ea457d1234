import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareChain, withChainSettings } from '../../../src/demo/prepare-chain.ts'
import { fileSigner } from '../../../src/integrity/heads/signers/file-signer.ts'
import { readWorkerConfig } from '../../../src/worker/config.ts'
import { tempFolder } from '../../support/embedded/folders.ts'

/** What `npm start` does, with these variables. */
const prepare = (given: NodeJS.ProcessEnv, storage: string) => prepareChain(withChainSettings(given, storage), storage)

test('what is set for the chain is accepted before the demo has created its key', () => {
  const data = join(tempFolder(), 'data')
  const TIDEMARK_STORAGE = `file:${data}`
  const given = { TIDEMARK_STORAGE, CHAIN_LEDGER: 'file:./ledger', CHAIN_ANCHORS: 'file:./heads' }
  expect(readWorkerConfig(withChainSettings(given, TIDEMARK_STORAGE)).chain).toEqual({
    keyFile: `${data}.chain-key`,
    ledger: 'file:./ledger',
    anchors: [{ kind: 'file', folder: './heads' }],
  })
  const named = { ...given, CHAIN_KEY: './named' }
  expect(withChainSettings(named, TIDEMARK_STORAGE)).toEqual(named)
})

test('the demo on a folder creates a signing key beside it, and keeps it', async () => {
  const data = join(tempFolder(), 'data')
  const first = await prepare({}, `file:${data}`)
  const { verifierKey } = await fileSigner(`${data}.chain-key`)
  expect(first).toEqual({ keyFile: `${data}.chain-key`, movedHeads: undefined })
  await prepare({}, `file:${data}`)
  expect((await fileSigner(`${data}.chain-key`)).verifierKey).toBe(verifierKey)
})

test('the demo on another storage seals only with a key that is named', async () => {
  const keyFile = join(tempFolder(), 'named')
  const emulator = 'cosmos-emulator://127.0.0.1:8081'
  expect(await prepare({}, emulator)).toBeUndefined()
  expect(await prepare({ CHAIN_KEY: keyFile }, emulator)).toMatchObject({ keyFile })
})

test('heads of a folder that was removed are moved aside, and those of one that exists are not', async () => {
  const data = join(tempFolder(), 'data')
  mkdirSync(`${data}.heads`)
  const { movedHeads = '' } = (await prepare({}, `file:${data}`)) ?? {}
  expect(existsSync(`${data}.heads`)).toBe(false)
  expect(existsSync(movedHeads)).toBe(true)
  for (const folder of [data, `${data}.heads`]) mkdirSync(folder)
  expect(await prepare({}, `file:${data}`)).toMatchObject({ movedHeads: undefined })
  expect(existsSync(`${data}.heads`)).toBe(true)
})
