import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { VaultMismatch } from '../../core/errors/vault.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { KeyStore, type StoredRoot } from '../vault/key-store.ts'
import type { KeyDocument } from '../vault/people/key-document.ts'
import type { RootDocument } from '../vault/root-document.ts'

const ATTEMPTS = 20

/** The result of copying keys. */
export type CopyKeysReport = {
  /** How many documents were read. */
  readonly read: number
  /** How many documents of the target were created or changed. */
  readonly changed: number
}

/** The options of copying keys. */
export type CopyKeysOptions = {
  readonly signal?: AbortSignal
  /** Called with the number of documents read so far. */
  readonly onProgress?: (read: number) => void
}

/**
 * Copies the keys of people, still wrapped, from one storage into another one, which may have been a copy before. What
 * either has forgotten is forgotten; of several generations of a key, the newest one is kept.
 *
 * @throws VaultMismatch if the target contains another vault, or does not have the epoch of a key since it was rotated;
 *   KeysUnavailable. It may be repeated
 */
export async function copyKeys(
  from: Pick<StoragePort, 'viewStore'>,
  to: Pick<StoragePort, 'viewStore'>,
  { signal, onProgress }: CopyKeysOptions = {},
): Promise<CopyKeysReport> {
  const [source, target] = [new KeyStore(from.viewStore), new KeyStore(to.viewStore)]
  const root = (await source.read([])).root
  if (root === undefined) throw new VaultMismatch('The storage to copy from contains no vault')
  const { epochs } = (await copyRoot(target, root)).document
  let [read, changed] = [0, 0]
  for await (const page of source.pages({ generation: { gte: 0 } })) {
    for (const { keyId, stored } of page) {
      signal?.throwIfAborted()
      if (await copyOne(target, keyId, stored().document, epochs)) changed++
      read++
    }
    onProgress?.(read)
  }
  return { read, changed }
}

async function copyRoot(target: KeyStore, source: StoredRoot): Promise<StoredRoot> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { root } = await target.read([])
    if (root === undefined) {
      await target.saveRoot(source.vault, source.document, 'ifAbsent')
      continue
    }
    if (root.vault !== source.vault) throw new VaultMismatch('The storage to copy into contains another vault')
    const { longestTtl } = source.document
    if (longestTtl <= root.document.longestTtl) return root
    // Processes that use the source may still have keys when the target's would not.
    await target.saveRoot(root.vault, { ...root.document, longestTtl }, { ifMatch: root.etag })
  }
  throw new KeysUnavailable("The target's own document kept changing")
}

async function copyOne(
  target: KeyStore,
  keyId: string,
  document: KeyDocument,
  epochs: RootDocument['epochs'],
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const stored = (await target.read([keyId])).keys.get(keyId)
    const merged = stored ? mergeKeys(stored.document, document) : document
    if (stored && isSame(merged, stored.document)) return false
    if (merged.key !== null && epochs[merged.epoch] === undefined) {
      throw new VaultMismatch('The keys of the target were rotated since: copy from a storage with the same epochs')
    }
    const { saved } = await target.save(keyId, merged, stored ? { ifMatch: stored.etag } : 'ifAbsent')
    if (saved) return true
  }
  throw new KeysUnavailable('A document of the target kept changing')
}

/** What two documents of one person say together: forgetting wins, then the newest generation, then the first one. */
function mergeKeys(own: KeyDocument, other: KeyDocument): KeyDocument {
  const newest =
    other.generation > own.generation || (other.generation === own.generation && own.key === null) ? other : own
  const forgottenThrough = Math.max(own.forgottenThrough, other.forgottenThrough)
  return {
    ...newest,
    key: newest.generation > forgottenThrough ? newest.key : null,
    forgottenThrough,
    admitted: Math.max(own.admitted, other.admitted),
    marker: own.marker ?? other.marker,
  }
}

const isSame = (a: KeyDocument, b: KeyDocument): boolean => canonicalJson(a) === canonicalJson(b)
