import { join } from 'node:path'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { codeOf, createFolder } from '../../core/files/durable-files.ts'
import { openOrCreate } from '../../core/files/open-or-create.ts'
import type { Signer } from '../heads/signer.ts'
import { createSigner, fileSigner } from '../heads/signers/file-signer.ts'
import { WITNESS_KEY } from '../keys/key-type.ts'
import { parseVerifierKey } from '../keys/verifier-key.ts'

/**
 * The signer of the witness of a folder. Its key is in the folder beside the heads, so that a witness that loses its
 * heads loses its key with them, and cannot sign a rollback; it is created the first time.
 *
 * @param name the key's name; it must be that of a key that exists
 * @param newName names a new key if `name` is absent
 * @throws InvalidConfiguration, InvalidChainKey
 */
export async function witnessSigner(folder: string, name: string | undefined, newName: string): Promise<Signer> {
  const file = join(folder, 'witness.key')
  await createFolder(folder, 0o700).catch((cause) => {
    throw new InvalidConfiguration(folder, `the folder cannot be created (${codeOf(cause)})`, { cause })
  })
  const create = () => createSigner(file, name ?? newName, 'witness')
  const { opened: signer } = await openOrCreate(file, () => fileSigner(file), create)
  if (parseVerifierKey(signer.verifierKey).type !== WITNESS_KEY) {
    throw new InvalidConfiguration(file, 'is not the key of a witness')
  }
  if (name === undefined || name === signer.name) return signer
  throw new InvalidConfiguration(file, `the name of the witness is ${signer.name}, and cannot be changed to ${name}`)
}
