import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createSealKey, readSealKey } from '../../../../src/integrity/seals/seal-key-file.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

it('a key for seals is 32 random bytes in a file that only its owner can read', async () => {
  const [one, other] = [join(tempFolder(), 'one'), join(tempFolder(), 'other')]
  await createSealKey(one)
  await createSealKey(other)
  expect(statSync(one).mode & 0o777).toBe(0o600)
  const key = await readSealKey(one)
  expect(key).toHaveLength(32)
  expect(await readSealKey(one)).toEqual(key)
  expect(await readSealKey(other)).not.toEqual(key)
})

it('an existing file is never overwritten by a key for seals', async () => {
  const file = join(tempFolder(), 'key')
  writeFileSync(file, 'precious')
  await expect(createSealKey(file)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  expect(readFileSync(file, 'utf8')).toBe('precious')
})

it('a key for seals that was cut, extended or misspelt is refused, and the error does not repeat it', async () => {
  const file = join(tempFolder(), 'key')
  await createSealKey(file)
  const text = readFileSync(file, 'utf8')
  const secret = text.split('\n')[1] as string
  for (const changed of [text.slice(0, -1), text.slice(0, -2), `${text}A`, text.replace(/.\n$/, 'B\n'), secret]) {
    writeFileSync(file, changed)
    const refused = { code: 'InvalidChainKey', message: expect.not.stringContaining(secret.slice(0, 8)) }
    await expect(readSealKey(file)).rejects.toMatchObject(refused)
  }
})
