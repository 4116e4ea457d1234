import { builtin } from '../../core/builtin-modules.ts'
import { InvalidChainKey } from '../../core/errors/integrity.ts'
import { createSecretFile, readSecretFile } from '../../core/files/secret-file.ts'

const WHAT = 'key for seals'
const FORMAT = 'tidemark-seal-key/1'
const FORM = /^tidemark-seal-key\/1\n([A-Za-z0-9_-]{43})\n$/
const BYTES = 32

/**
 * Creates the file of a key that seals views and snapshots, which only its owner can read. Every process that saves or
 * reads them needs a copy.
 *
 * @throws InvalidConfiguration if the file exists, whatever is in it, or cannot be written
 */
export async function createSealKey(file: string): Promise<void> {
  const secret = builtin.crypto().randomBytes(BYTES).toString('base64url')
  await createSecretFile(file, `${FORMAT}\n${secret}\n`, WHAT)
}

/**
 * The key in a file that `createSealKey` created, for `withSeals`. It is read once, here.
 *
 * @throws InvalidConfiguration if it cannot be read, or others may read it; InvalidChainKey if it is not such a file
 */
export async function readSealKey(file: string): Promise<Uint8Array> {
  const [, text = ''] = FORM.exec(await readSecretFile(file, WHAT)) ?? []
  const secret = Buffer.from(text, 'base64url')
  // 43 letters have 2 bits to spare.
  if (secret.length !== BYTES || secret.toString('base64url') !== text) {
    throw new InvalidChainKey(`${file} is not the file of a key for seals`)
  }
  return secret
}
