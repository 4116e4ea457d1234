import { readSealKey } from '../../../integrity/seals/seal-key-file.ts'
import { withSeals } from '../../../integrity/seals/with-seals.ts'
import type { Storage } from '../../../views/with-views.ts'
import type { OpenOptions } from '../../opener.ts'
import type { SealConfig } from '../seal-config.ts'
import { asSet } from './as-set.ts'

/**
 * Opens a storage that seals the views and snapshots that are saved, and checks those that are read. The keys are read
 * before anything is opened.
 *
 * @throws InvalidConfiguration if a key cannot be read, if others may read it, or if it is not a key for seals
 */
export async function openWithSeals(
  { keyFiles, unsealed }: SealConfig,
  open: () => Promise<Storage>,
  { clock }: Pick<OpenOptions, 'clock'>,
): Promise<Storage> {
  const keys: Uint8Array[] = []
  for (const file of keyFiles) keys.push(await asSet('SEAL_KEY', () => readSealKey(file)))
  const [key, ...earlier] = keys as [Uint8Array, ...Uint8Array[]]
  return withSeals(await open(), { key, earlier, unsealed, ...(clock && { clock }) })
}
