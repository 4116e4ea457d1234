import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSigner, fileSigner } from '../../../../../src/integrity/heads/signers/file-signer.ts'
import { parseVerifierKey } from '../../../../../src/integrity/keys/verifier-key.ts'
import { signNote } from '../../../../../src/integrity/notes/sign-note.ts'
import { GO } from '../../../../support/integrity/published-notes.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-signer-'))
  file = join(folder, 'key')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a signing key that Go wrote signs as it does there', async () => {
  await writeFile(file, `${GO.privateKey}\n`, { mode: 0o600 })
  const signer = await fileSigner(file)
  expect(signer.verifierKey).toBe(GO.verifierKey)
  expect(await signNote(GO.text, signer)).toBe(GO.note)
})

test('a created signing key is found in its file again, which only its owner can read', async () => {
  const created = await createSigner(file, 'acme/meters')
  expect((await fileSigner(file)).verifierKey).toBe(created.verifierKey)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(parseVerifierKey(created.verifierKey)).toMatchObject({ name: 'acme/meters', type: 1 })
})

test('the key of a witness is of the type of cosignatures', async () => {
  const created = await createSigner(file, 'witness.example/w', 'witness')
  expect((await fileSigner(file)).verifierKey).toBe(created.verifierKey)
  expect(parseVerifierKey(created.verifierKey).type).toBe(4)
})

test('an existing signing key is never overwritten', async () => {
  await createSigner(file, 'a')
  const before = await readFile(file)
  await expect(createSigner(file, 'a')).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  expect(await readFile(file)).toEqual(before)
})

test.each(['', 'a b', 'a+b', 'a\nb'])('a signing key cannot be named %j', async (name) => {
  await expect(createSigner(file, name)).rejects.toMatchObject({ code: 'InvalidChainKey' })
  await expect(stat(file)).rejects.toThrow()
})

test('a file that is not one of a signing key is refused without its content', async () => {
  const [seed = ''] = GO.privateKey.split('+').slice(-1)
  const damaged = [
    'junk',
    `${GO.privateKey}\n\n`,
    GO.privateKey.replace('c74f20a3', 'c74f20a4'),
    GO.privateKey.replace('PeterNeumann', 'Peter Neumann'),
    GO.privateKey.replace('+AYEK', '+BoEK'),
    GO.privateKey.slice(0, -4),
    GO.verifierKey,
  ]
  for (const text of damaged) {
    await writeFile(file, text, { mode: 0o600 })
    const error = await fileSigner(file).catch((thrown) => thrown)
    expect(error).toMatchObject({ code: 'InvalidChainKey' })
    expect(error.message).not.toContain(seed.slice(8, 20))
  }
})
