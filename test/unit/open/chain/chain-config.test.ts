import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultChainKeyFile, defaultHeadsFolder, readChainConfig } from '../../../../src/open/chain/chain-config.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const MONGO = 'mongodb://127.0.0.1:27017/meters'

const read = (environment: Record<string, string>, storage = MONGO) =>
  readChainConfig(environment, storage, 'TIDEMARK_STORAGE')

test('there is no chain where nothing is named, and no key is beside the folder', () => {
  expect(read({})).toBeUndefined()
  expect(read({ CHAIN_KEY: '', CHAIN_ORIGIN: '', CHAIN_ANCHORS: '', CHAIN_LEDGER: '' })).toBeUndefined()
  expect(read({}, `file:${join(tempFolder(), 'data')}`)).toBeUndefined()
})

test('a chain takes the key beside the folder, and keeps its heads there', () => {
  const data = join(tempFolder(), 'data')
  writeFileSync(`${data}.chain-key`, '')
  expect(read({}, `file:${data}?ranges=4`)).toEqual({
    keyFile: `${data}.chain-key`,
    anchors: [{ kind: 'file', folder: `${data}.heads` }],
  })
})

test('a chain with an origin alone seals without signing', () => {
  expect(read({ CHAIN_ORIGIN: 'acme/meters' })).toEqual({ origin: 'acme/meters', anchors: [] })
})

test('everything of a chain can be set', () => {
  const environment = {
    CHAIN_KEY: './signing.key',
    CHAIN_ORIGIN: 'acme/meters',
    CHAIN_LEDGER: 'mongodb://127.0.0.1:27017/ledger',
    CHAIN_ANCHORS: 'file:/mnt/worm',
  }
  expect(read(environment, 'file:./data')).toEqual({
    keyFile: './signing.key',
    origin: 'acme/meters',
    ledger: 'mongodb://127.0.0.1:27017/ledger',
    anchors: [{ kind: 'file', folder: '/mnt/worm' }],
  })
})

test('a ledger in the storage itself is no other storage', () => {
  expect(read({ CHAIN_ORIGIN: 'acme', CHAIN_LEDGER: MONGO })).toEqual({ origin: 'acme', anchors: [] })
})

test.each(['CHAIN_LEDGER', 'CHAIN_ANCHORS'])('%s without a chain is refused, since it would do nothing', (name) => {
  expect(() => read({ [name]: 'file:./somewhere' })).toThrow(`CHAIN_KEY: must be set with ${name}`)
})

test('an invalid anchor is refused by name', () => {
  expect(() => read({ CHAIN_KEY: './key', CHAIN_ANCHORS: './heads' })).toThrow('CHAIN_ANCHORS: must be file:<folder>')
})

test.each([
  ['file:./data', './data'],
  ['file:./data/', './data'],
  ['file:///var/lib/meters/', '/var/lib/meters'],
  [MONGO, undefined],
])('the key and the heads of %s are beside %s', (storage, folder) => {
  expect(defaultChainKeyFile(storage, 'x')).toBe(folder && `${folder}.chain-key`)
  expect(defaultHeadsFolder(storage, 'x')).toBe(folder && `${folder}.heads`)
})
