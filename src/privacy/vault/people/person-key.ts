import { randomBytes } from 'node:crypto'
import { VaultMismatch } from '../../../core/errors/vault.ts'
import { KEY_BYTES } from '../../sealing/derived-keys.ts'
import type { Epochs } from '../epochs.ts'
import { unwrapKey, wrapKey } from '../master/wrapped-key.ts'
import { type KeyDocument, nextGeneration, withKey } from './key-document.ts'

type Place = Pick<KeyDocument, 'generation' | 'epoch'>

const contextOf = (vault: string, keyId: string, { generation, epoch }: Place): string =>
  `tidemark/key/1 ${vault} ${keyId} ${generation} ${epoch}`

/** The key in a document; undefined if there is none. @throws VaultMismatch, and as `Epochs.keyOf` does */
export async function openKey(epochs: Epochs, keyId: string, document: KeyDocument): Promise<Buffer | undefined> {
  if (document.key === null) return undefined
  const under = await epochs.keyOf(document.epoch)
  const key = unwrapKey(under, Buffer.from(document.key, 'base64url'), contextOf(epochs.vault, keyId, document))
  if (key === undefined) throw new VaultMismatch(`The key ${keyId} was changed, or moved from another document`)
  return key
}

/**
 * A person's document with a key that is wrapped by the key of the current epoch: the one that it has, or a new one.
 *
 * @throws as openKey does
 */
export async function withCurrentKey(
  epochs: Epochs,
  keyId: string,
  document: KeyDocument | undefined,
): Promise<KeyDocument> {
  const epoch = epochs.root.current
  const found = document && (await openKey(epochs, keyId, document))
  const generation = document && found ? document.generation : nextGeneration(document)
  const key = found ?? randomBytes(KEY_BYTES)
  const under = await epochs.keyOf(epoch)
  const wrapped = wrapKey(under, key, contextOf(epochs.vault, keyId, { generation, epoch })).toString('base64url')
  key.fill(0)
  return withKey(document, { generation, epoch, key: wrapped })
}
