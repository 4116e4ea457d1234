import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSealConfig } from '../../../../src/open/chain/seal-config.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const MONGO = 'mongodb://127.0.0.1:27017/meters'

const read = (environment: Record<string, string>, storage = MONGO) =>
  readSealConfig(environment, storage, 'TIDEMARK_STORAGE')

test('views are not sealed where no key is named, and none is beside the folder', () => {
  expect(read({})).toBeUndefined()
  expect(read({ SEAL_KEY: '', SEAL_UNSEALED: '' })).toBeUndefined()
  expect(read({}, `file:${join(tempFolder(), 'data')}`)).toBeUndefined()
})

test('the key for seals beside the folder is taken, unless another one is named', () => {
  const data = join(tempFolder(), 'data')
  writeFileSync(`${data}.seal-key`, '')
  const url = `file:${data}?ranges=4`
  expect(read({}, url)).toEqual({ keyFiles: [`${data}.seal-key`], unsealed: 'refuse' })
  expect(read({ SEAL_KEY: './new, ./old', SEAL_UNSEALED: 'accept' }, url)).toEqual({
    keyFiles: ['./new', './old'],
    unsealed: 'accept',
  })
})

test.each([
  ['SEAL_UNSEALED', { SEAL_KEY: './key', SEAL_UNSEALED: 'perhaps' }],
  ['SEAL_KEY', { SEAL_KEY: './key,,./other' }],
  ['SEAL_KEY', { SEAL_UNSEALED: 'accept' }],
])('an error names %s, which is not what it must be: %j', (setting, environment) => {
  expect(() => read(environment)).toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }))
  expect(() => read(environment)).toThrow(setting)
})
