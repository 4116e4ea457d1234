import { InvalidConfiguration } from '../core/errors/input.ts'
import { StorageBusy } from '../core/errors/storage.ts'
import { UniqueIndexStale } from '../core/errors/unique.ts'
import type { EventLog } from '../core/port/event-log.ts'
import type { SaveCondition } from '../core/port/save.ts'
import type { ViewStore } from '../core/port/view-store.ts'
import { claimRef, documentOf, ROOT_KEY } from './claim.ts'
import { type ClaimKeys, claimKeys } from './claim-key.ts'

// How often the document is read again because others keep saving it.
const MOST_ATTEMPTS = 50

/** For which names, and in which incarnation of the log, each event of a category with a value has a claim. */
export type BuiltIndex = { readonly incarnation: string; readonly names: readonly string[] }

/** What all claims of a storage have in common. */
export type UniqueRoot = {
  /** The secret of the keys, in base64url; null if the storage's vault has it. */
  readonly secret: string | null
  readonly built: { readonly [category: string]: BuiltIndex | undefined }
}

/** What the index of unique values needs of a storage. */
export type IndexStorage = {
  readonly events: Pick<EventLog, 'streams'>
  readonly viewStore: Pick<ViewStore, 'get' | 'save'>
  readonly incarnation: string
  readonly vault?: { secretFor?(purpose: string): Promise<Uint8Array> } | undefined
}

/**
 * Opens the claims of a category for new ones: a category without streams is built by that.
 *
 * @returns what computes the keys
 * @throws UniqueIndexStale if the category has streams whose values may have no claims
 */
export async function openUniqueIndex(
  storage: IndexStorage,
  category: string,
  names: readonly string[],
): Promise<ClaimKeys> {
  const { root } = await readRoot(storage)
  if (!isBuilt(root, storage, category, names)) {
    if (await hasStreams(storage, category)) await assertBuilt(storage, category, names)
    else await markBuilt(storage, category, names)
  }
  return keysOf(storage, root)
}

/** The keys, whether or not the claims can be relied on. */
export async function uniqueKeys(storage: IndexStorage): Promise<ClaimKeys> {
  return keysOf(storage, (await readRoot(storage)).root)
}

/** Records that each value of a category has its claim. */
export async function markBuilt(storage: IndexStorage, category: string, names: readonly string[]): Promise<void> {
  const { incarnation } = storage
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const { root, etag } = await readRoot(storage)
    const before = root.built[category]
    const known = before?.incarnation === incarnation ? before.names : []
    const built = { incarnation, names: [...new Set([...known, ...names])].sort() }
    const next = { ...root, built: { ...root.built, [category]: built } }
    if ((await saveRoot(storage, next, { ifMatch: etag })) !== undefined) return
  }
  throw new StorageBusy('The record of the unique values is contended: try again')
}

/** Whether it is recorded that each value of a category has its claim. */
export async function isIndexBuilt(
  storage: IndexStorage,
  category: string,
  names: readonly string[],
): Promise<boolean> {
  return isBuilt((await readRoot(storage)).root, storage, category, names)
}

function isBuilt({ built }: UniqueRoot, storage: IndexStorage, category: string, names: readonly string[]): boolean {
  const found = Object.hasOwn(built, category) ? built[category] : undefined
  return found?.incarnation === storage.incarnation && names.every((name) => found.names.includes(name))
}

// The streams may be of a process that recorded the category, in the meantime, before it wrote them.
async function assertBuilt(storage: IndexStorage, category: string, names: readonly string[]): Promise<void> {
  const { root } = await readRoot(storage)
  if (isBuilt(root, storage, category, names)) return
  const before = Object.hasOwn(root.built, category) ? root.built[category] : undefined
  const isOther = before !== undefined && before.incarnation !== storage.incarnation
  const reason = isOther
    ? 'they are from another incarnation of the log'
    : 'there are streams from before they were kept'
  throw new UniqueIndexStale(category, reason)
}

async function hasStreams({ events }: IndexStorage, category: string): Promise<boolean> {
  for await (const _ of events.streams({ category, limit: 1 })) return true
  return false
}

async function keysOf({ vault }: IndexStorage, { secret }: UniqueRoot): Promise<ClaimKeys> {
  if (secret !== null) return claimKeys(Buffer.from(secret, 'base64url'))
  if (vault?.secretFor === undefined) {
    throw new InvalidConfiguration('storage', 'the secret of its unique values is in a vault: open it with the vault')
  }
  return claimKeys(await vault.secretFor('unique'))
}

async function readRoot(storage: IndexStorage): Promise<{ readonly root: UniqueRoot; readonly etag: string }> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const found = await storage.viewStore.get(claimRef(ROOT_KEY))
    if (found) return { root: found.document.data as UniqueRoot, etag: found.etag }
    const random = crypto.getRandomValues(Buffer.alloc(32)).toString('base64url')
    const root: UniqueRoot = { secret: storage.vault?.secretFor ? null : random, built: {} }
    const etag = await saveRoot(storage, root, 'ifAbsent')
    if (etag !== undefined) return { root, etag }
  }
  throw new StorageBusy('The record of the unique values is contended: try again')
}

async function saveRoot(
  { viewStore, incarnation }: IndexStorage,
  { secret, built }: UniqueRoot,
  condition: SaveCondition,
): Promise<string | undefined> {
  const document = { ...documentOf(ROOT_KEY, incarnation), data: { secret, built: { ...built } } }
  const result = await viewStore.save(document, condition)
  return result.saved ? result.etag : undefined
}
