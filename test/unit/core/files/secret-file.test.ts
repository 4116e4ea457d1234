import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSecretFile, readSecretFile } from '../../../../src/core/files/secret-file.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-secret-'))
  file = join(folder, 'key')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a secret file can be read by its owner only, and is read as it was written', async () => {
  await createSecretFile(file, 'abc\n', 'spare key')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readSecretFile(file, 'spare key')).toBe('abc\n')
  expect(await readdir(folder)).toEqual(['key'])
})

test('of many that create the same secret file one succeeds, and the others change nothing', async () => {
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => createSecretFile(file, `${i}`, 'spare key')),
  )
  const winners = all.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i}`] : []))
  expect([await readFile(file, 'utf8')]).toEqual(winners)
  expect(await readdir(folder)).toEqual(['key'])
})

test('an existing secret file is never overwritten', async () => {
  await createSecretFile(file, 'abc', 'spare key')
  await expect(createSecretFile(file, 'xyz', 'spare key')).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    message: `${file}: exists already, and a spare key is never overwritten`,
  })
})

test('a secret file that others may read is refused, without its content in the error', async () => {
  await createSecretFile(file, 'abc', 'spare key')
  await chmod(file, 0o640)
  await expect(readSecretFile(file, 'spare key')).rejects.toThrow(
    `${file}: others may read the spare key: run chmod 600`,
  )
})

test('a missing secret file, and a folder that is not there, are errors of the configuration', async () => {
  await expect(readSecretFile(file, 'spare key')).rejects.toThrow('the spare key cannot be read')
  const nowhere = join(folder, 'nowhere', 'key')
  await expect(createSecretFile(nowhere, 'abc', 'spare key')).rejects.toThrow('cannot be written')
})
