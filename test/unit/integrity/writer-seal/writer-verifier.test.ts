import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createWriterKey, readWriterKey, writerKeyOf } from '../../../../src/integrity/writer-seal/writer-key.ts'
import { writerVerifier } from '../../../../src/integrity/writer-seal/writer-verifier.ts'
import { tempFolder } from '../../../support/embedded/folders.ts'

const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

it('a public key is accepted as 32 bytes and as SPKI, with the same id', async () => {
  const key = writerKeyOf('ed25519', new Uint8Array(32).fill(7))
  const raw = Buffer.from(String(key.verifier).slice('ed25519:'.length), 'base64')
  const both = [raw, Buffer.concat([SPKI, raw])].map((bytes) => writerVerifier(`ed25519:${bytes.toString('base64')}`))
  expect((await Promise.all(both)).map(({ id }) => id)).toEqual([key.id, key.id])
})

it('a shared secret is only accepted in a file, and is not repeated by an error', async () => {
  const secret = Buffer.alloc(32, 9).toString('base64')
  const error = await writerVerifier(`hmac:${secret}`).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'InvalidChainKey' })
  expect(String(error)).not.toContain(secret)
})

it.each(['', 'x', 'ed25519:', 'ed25519:AAAA', `ed25519:${'A'.repeat(43)}`, 'rsa:AAAA', 'hmac:'])(
  'a text that names no key is InvalidChainKey: %j',
  async (text) => {
    await expect(writerVerifier(text)).rejects.toMatchObject({ code: 'InvalidChainKey' })
  },
)

it('the file of a key pair does not verify, because verifiers should not have it', async () => {
  const file = join(tempFolder(), 'writer.key')
  await createWriterKey(file, 'ed25519')
  await expect(writerVerifier(`hmac:${file}`)).rejects.toMatchObject({ code: 'InvalidChainKey' })
})

it('a file that is not a key, is missing or can be read by others is refused', async () => {
  const file = join(tempFolder(), 'writer.key')
  await expect(readWriterKey(file)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
  for (const text of ['', 'tidemark-writer-key/1 hmac\n', `tidemark-writer-key/1 hmac\n${'B'.repeat(43)}\n`]) {
    await writeFile(file, text, { mode: 0o600 })
    await expect(readWriterKey(file), text).rejects.toMatchObject({ code: 'InvalidChainKey' })
  }
  await chmod(file, 0o640)
  await expect(readWriterKey(file)).rejects.toMatchObject({ code: 'InvalidConfiguration' })
})

it('a secret of another length is InvalidChainKey', () => {
  for (const kind of ['hmac', 'ed25519'] as const) {
    for (const size of [0, 31, 33]) {
      expect(() => writerKeyOf(kind, new Uint8Array(size))).toThrow(
        expect.objectContaining({ code: 'InvalidChainKey' }),
      )
    }
  }
})
