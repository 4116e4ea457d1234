import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openOrCreate } from '../../../../src/core/files/open-or-create.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const aFile = () => join(tempFolder(), 'key')
const read = (file: string) => async () => readFileSync(file, 'utf8')

test('a file is created once, and opened from then on', async () => {
  const file = aFile()
  const create = async () => {
    writeFileSync(file, 'mine', { flag: 'wx' })
    return 'mine'
  }
  expect(await openOrCreate(file, read(file), create)).toEqual({ opened: 'mine', created: true })
  expect(await openOrCreate(file, read(file), create)).toEqual({ opened: 'mine', created: false })
})

test('a file that another process creates meanwhile is opened', async () => {
  const file = aFile()
  const create = async () => {
    writeFileSync(file, 'theirs')
    throw new Error('exists already')
  }
  expect(await openOrCreate(file, read(file), create)).toEqual({ opened: 'theirs', created: false })
})

test('a file that cannot be created is an error, and one that cannot be opened is not replaced', async () => {
  const file = aFile()
  const fail = async (): Promise<string> => {
    throw new Error('no space')
  }
  await expect(openOrCreate(file, read(file), fail)).rejects.toThrow('no space')
  expect(existsSync(file)).toBe(false)
  writeFileSync(file, 'damaged')
  const create = async () => {
    writeFileSync(file, 'new')
    return 'new'
  }
  await expect(openOrCreate(file, fail, create)).rejects.toThrow('no space')
  expect(readFileSync(file, 'utf8')).toBe('damaged')
})
