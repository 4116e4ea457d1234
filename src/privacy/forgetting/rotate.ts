import { createSecretKey } from 'node:crypto'
import { concurrently } from '../../core/async/concurrently.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { indexContext } from '../vault/epochs.ts'
import type { StoredRoot } from '../vault/key-store.ts'
import type { MasterKey } from '../vault/master/master-key.ts'
import { wrapKey } from '../vault/master/wrapped-key.ts'
import { newEpoch } from '../vault/open-root.ts'
import { withCurrentKey } from '../vault/people/person-key.ts'
import { epochsOf } from '../vault/root-document.ts'
import type { Forgetting } from './forgetting.ts'

const ATTEMPTS = 20
const SAVES_AT_ONCE = 16

/** A master key that is no longer needed, and what it can still open. */
export type RetiredMaster = {
  readonly master: string
  /** Backups of the keys that were made since can be opened with it, until it is destroyed. */
  readonly since: Date
  /** How long destroying it takes, in days, if that is known. */
  readonly destructionDays?: { readonly least: number; readonly most: number }
}

/** The result of a rotation. */
export type RotationReport = {
  /** The epoch that all keys belong to now. */
  readonly epoch: number
  /** How many keys were wrapped anew by this call. */
  readonly rewrapped: number
  /** Destroy these: until then, and only until then, backups of the keys from before the rotation can be opened. */
  readonly retired: readonly RetiredMaster[]
  /**
   * Whether the master key is the same as before, so that backups from before the rotation can still be opened: nothing
   * was gained but new wrapping.
   */
  readonly sameMaster: boolean
}

/** The options of a rotation. */
export type RotationOptions = {
  /** The master key to change to; by default the one that the vault was opened with. Other processes need it, too. */
  readonly master?: MasterKey
  /** When it is aborted, the rotation stops with its reason; another call continues from there. */
  readonly signal?: AbortSignal
  /** Called after each page with the number of keys rewrapped so far. */
  readonly onProgress?: (rewrapped: number) => void
}

/**
 * Begins a new epoch, rewraps all keys under it page by page, and removes the keys of the earlier epochs. Sealed data is
 * not touched. An interrupted rotation is continued by the next call.
 *
 * @param master the one to change to
 * @throws KeysUnavailable, VaultMismatch, InvalidConfiguration
 */
export async function rotate(
  forgetting: Forgetting,
  master: MasterKey,
  masters: readonly MasterKey[],
  { signal, onProgress }: RotationOptions,
): Promise<RotationReport> {
  const { epochs } = forgetting
  epochs.addMaster(master)
  await beginEpoch(forgetting, master)
  const { current } = epochs.root
  const earlier = epochsOf(epochs.root).filter((epoch) => epoch < current)
  const stored = earlier.map((epoch) => epochs.root.epochs[epoch])
  let rewrapped = 0
  // A key that is made while the pages are read may be on one that was read before.
  for (let found = -1; found !== 0; ) {
    found = await rewrapAll(forgetting, current, (count) => onProgress?.(rewrapped + count), signal)
    rewrapped += found
  }
  await removeEpochs(forgetting, current)
  // Old wrappings in a file would be a backup like any other.
  await forgetting.store.scrub()
  const used = new Set(Object.values(epochs.root.epochs).map((one) => one.master))
  const retired = new Map<string, RetiredMaster>()
  for (const one of stored) {
    if (one === undefined || used.has(one.master) || retired.has(one.master)) continue
    const destructionDays = masters.find(({ id }) => id === one.master)?.destructionDays
    retired.set(one.master, {
      master: one.master,
      since: new Date(one.since),
      ...(destructionDays && { destructionDays }),
    })
  }
  const sameMaster = stored.some((one) => one !== undefined && used.has(one.master))
  return { epoch: current, rewrapped, retired: [...retired.values()], sameMaster }
}

/** Begins a new epoch, unless one that was begun with this master key is unfinished. */
async function beginEpoch({ store, epochs, clock }: Forgetting, master: MasterKey): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const root = await readRoot({ store, epochs })
    const { document, vault } = root
    const isUnfinished = epochsOf(document).length > 1
    if (isUnfinished && document.epochs[document.current]?.master === master.id) return
    const current = Math.max(...epochsOf(document)) + 1
    const { key, stored } = await newEpoch(clock, master, vault, current)
    const secret = (await epochs.indexSecret()).export()
    const wrapped = wrapKey(createSecretKey(key), secret, indexContext(vault, current)).toString('base64url')
    const next = {
      ...document,
      current,
      epochs: { ...document.epochs, [current]: stored },
      index: { epoch: current, key: wrapped },
    }
    const { saved } = await store.saveRoot(vault, next, { ifMatch: root.etag })
    if (saved) {
      await readRoot({ store, epochs })
      return
    }
  }
  throw keptChanging()
}

async function rewrapAll(
  { store, epochs }: Forgetting,
  current: number,
  onProgress: (rewrapped: number) => void,
  signal: AbortSignal | undefined,
): Promise<number> {
  let rewrapped = 0
  for await (const page of store.pages({ epoch: { lt: current }, key: { gt: '' } })) {
    await concurrently(SAVES_AT_ONCE, page, async ({ keyId, stored }) => {
      signal?.throwIfAborted()
      const { document, etag } = stored()
      // A document that changed meanwhile is found again by the next pass, if it needs to be.
      await store.save(keyId, await withCurrentKey(epochs, keyId, document), { ifMatch: etag })
      rewrapped++
      return undefined
    })
    onProgress(rewrapped)
    signal?.throwIfAborted()
  }
  return rewrapped
}

async function removeEpochs({ store, epochs }: Forgetting, current: number): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const root = await readRoot({ store, epochs })
    const { document, vault } = root
    const kept = Object.entries(document.epochs).filter(([epoch]) => Number(epoch) >= current)
    if (kept.length === epochsOf(document).length) return
    const next = { ...document, epochs: Object.fromEntries(kept) }
    await store.saveRoot(vault, next, { ifMatch: root.etag })
  }
  throw keptChanging()
}

async function readRoot({ store, epochs }: Pick<Forgetting, 'store' | 'epochs'>): Promise<StoredRoot> {
  const { root } = await store.read([])
  epochs.accept(root)
  return root as StoredRoot
}

const keptChanging = () => new KeysUnavailable("The vault's own document kept changing: call rotate again")
