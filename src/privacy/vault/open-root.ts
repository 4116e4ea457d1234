import { createSecretKey, randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { VaultMismatch } from '../../core/errors/vault.ts'
import { KEY_BYTES } from '../sealing/derived-keys.ts'
import { epochContext, indexContext } from './epochs.ts'
import type { KeyStore, StoredRoot } from './key-store.ts'
import { wrapByMaster } from './master/call-master.ts'
import type { MasterKey } from './master/master-key.ts'
import { wrapKey } from './master/wrapped-key.ts'
import type { RootDocument, StoredEpoch } from './root-document.ts'

/** A new epoch: its key, and how it is stored. */
export type NewEpoch = { readonly key: Uint8Array; readonly stored: StoredEpoch }

/** Makes the key of an epoch. @throws KeysUnavailable */
export async function newEpoch(clock: Clock, master: MasterKey, vault: string, epoch: number): Promise<NewEpoch> {
  const key = randomBytes(KEY_BYTES)
  const wrapped = await wrapByMaster(clock, master, key, epochContext(vault, epoch))
  const since = new Date(clock.now()).toISOString()
  return { key, stored: { master: master.id, key: Buffer.from(wrapped).toString('base64url'), since } }
}

/**
 * Reads the vault's own document, which is created if the storage has no keys. It records the longest time to live of
 * any process's key cache.
 *
 * @throws KeysUnavailable, VaultMismatch
 */
export async function openRoot(store: KeyStore, clock: Clock, master: MasterKey, ttl: number): Promise<StoredRoot> {
  for (;;) {
    const { root } = await store.read([])
    if (root === undefined) {
      await createRoot(store, clock, master, ttl)
      continue
    }
    if (root.document.longestTtl >= ttl) return root
    await store.saveRoot(root.vault, { ...root.document, longestTtl: ttl }, { ifMatch: root.etag })
  }
}

async function createRoot(store: KeyStore, clock: Clock, master: MasterKey, ttl: number): Promise<void> {
  if ((await store.count({ generation: { gte: 0 } })) > 0) {
    const reason = 'The storage contains keys of people, but not the document of their vault'
    throw new VaultMismatch(`${reason}: restore it completely, since a new vault could not open them`)
  }
  const vault = randomUUID()
  const { key, stored } = await newEpoch(clock, master, vault, 1)
  const index = wrapKey(createSecretKey(key), randomBytes(KEY_BYTES), indexContext(vault, 1)).toString('base64url')
  const root: RootDocument = {
    format: 1,
    index: { epoch: 1, key: index },
    current: 1,
    epochs: { 1: stored },
    longestTtl: ttl,
  }
  // Of several processes that start at once, one creates it, and the others read that one's.
  await store.saveRoot(vault, root, 'ifAbsent')
}
