import { openOrCreate } from '../../../core/files/open-or-create.ts'
import type { Signer } from '../../../integrity/heads/signer.ts'
import { createSigner, fileSigner } from '../../../integrity/heads/signers/file-signer.ts'
import { assertOrigin } from '../../../integrity/keys/origin.ts'
import { asSet } from './as-set.ts'

/** The signing key in a file, and whether it was created. */
export type PreparedKey = { readonly signer: Signer; readonly created: boolean }

/** The name of a chain, and what errors call it. */
export type NamedOrigin = { readonly origin: string; readonly setting: string }

/** Opens the file of the signing key. @throws InvalidConfiguration */
export const openKey = (file: string): Promise<Signer> => asSet('CHAIN_KEY', () => fileSigner(file))

/**
 * Opens the file of the signing key, which is created unless it exists.
 *
 * @param named the name of the chain, called only for a new key
 * @throws InvalidConfiguration
 */
export async function prepareKey(file: string, named: () => NamedOrigin): Promise<PreparedKey> {
  const { opened: signer, created } = await openOrCreate(
    file,
    () => openKey(file),
    async () => {
      const { origin, setting } = named()
      await asSet(setting, () => assertOrigin(origin))
      return asSet('CHAIN_KEY', () => createSigner(file, origin))
    },
  )
  return { signer, created }
}
