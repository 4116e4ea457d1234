import { TidemarkError } from '../../core/errors/base.ts'
import { KeysUnavailable } from '../../core/errors/privacy.ts'
import { VaultMismatch } from '../../core/errors/vault.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { SaveCondition, SaveResult, Stored } from '../../core/port/save.ts'
import { VAULT_KEYS, type ViewDocument, type ViewQuery, type ViewStore, viewId } from '../../core/port/view-store.ts'
import { type KeyDocument, parseKeyDocument } from './people/key-document.ts'
import { parseRoot, type RootDocument } from './root-document.ts'

// Under which names the documents of keys are stored, among the views of any storage.
const KEYS = { projection: VAULT_KEYS, version: 1 } as const

const ROOT = '$root'

/** The vault's own document, and the id of the vault, which every other document names. */
export type StoredRoot = Stored<RootDocument> & { readonly vault: string }

/** Documents of keys, read together. */
export type StoredKeys = { readonly root: StoredRoot | undefined; readonly keys: Map<string, Stored<KeyDocument>> }

/** A document of keys that was found by a query. @throws VaultMismatch in `stored` */
export type FoundKey = { readonly keyId: string; readonly stored: () => Stored<KeyDocument> }

/** Reads and saves the documents of keys. Each call throws KeysUnavailable if the storage of the keys fails. */
export class KeyStore {
  readonly #store: ViewStore
  #vault: string | undefined

  constructor(store: ViewStore) {
    this.#store = store
  }

  /** Reads documents of keys, and the vault's own one, at once. @throws VaultMismatch */
  async read(keyIds: Iterable<string>): Promise<StoredKeys> {
    const { projection, version } = KEYS
    const found = await available(() => this.#store.getMany(projection, version, [...keyIds, ROOT]))
    const own = found.get(ROOT)
    const root = own && { document: rootOf(own.document), etag: own.etag, vault: own.document.incarnation }
    if (root) this.#assertVault(root.vault)
    found.delete(ROOT)
    const keys = new Map<string, Stored<KeyDocument>>()
    for (const [keyId, stored] of found) keys.set(keyId, this.#keyOf(stored))
    return { root, keys }
  }

  /** Saves the vault's own document. */
  saveRoot(vault: string, root: RootDocument, condition: SaveCondition): Promise<SaveResult> {
    return this.#save(ROOT, vault, root as unknown as JsonObject, condition)
  }

  /** Saves a document of a vault whose own document was read before. */
  save(keyId: string, document: KeyDocument, condition: SaveCondition): Promise<SaveResult> {
    return this.#save(keyId, this.#vault as string, document as unknown as JsonObject, condition)
  }

  /** Pages of documents of keys, whose own `stored` throws VaultMismatch for one that is damaged. */
  async *pages(where: NonNullable<ViewQuery['where']>, limit = 500): AsyncGenerator<readonly FoundKey[]> {
    for (let after: string | undefined; ; ) {
      const query = { ...KEYS, where, limit, ...(after !== undefined && { after }) }
      const { views, next } = await available(() => this.#store.query(query))
      yield views.map((found) => ({ keyId: found.document.key, stored: () => this.#keyOf(found) }))
      if (next === undefined) return
      after = next
    }
  }

  count(where: NonNullable<ViewQuery['where']>): Promise<number> {
    return available(() => this.#store.count({ ...KEYS, where }))
  }

  /** Makes queries for due markers and for epochs fast, where the database can. */
  async index(): Promise<void> {
    await available(async () => this.#store.index?.(KEYS.projection, KEYS.version, ['marker.due']))
    await available(async () => this.#store.index?.(KEYS.projection, KEYS.version, ['epoch']))
  }

  /** Overwrites what is left of earlier documents in files, if the storage is files of this machine. */
  async scrub(): Promise<void> {
    await available(async () => this.#store.scrub?.())
  }

  #save(key: string, vault: string, data: JsonObject, condition: SaveCondition): Promise<SaveResult> {
    const ref = { ...KEYS, key }
    return available(() =>
      this.#store.save({ ...ref, id: viewId(ref), data, incarnation: vault, tidemarks: [] }, condition),
    )
  }

  #keyOf({ document, etag }: Stored<ViewDocument>): Stored<KeyDocument> {
    this.#assertVault(document.incarnation)
    const key = parseKeyDocument(document.data)
    if (key === undefined) throw new VaultMismatch(`The document ${document.id} is not one of keys`)
    return { document: key, etag }
  }

  #assertVault(vault: string): void {
    this.#vault ??= vault
    if (vault !== this.#vault) {
      throw new VaultMismatch('The storage of the keys contains documents of another vault: restore them together')
    }
  }
}

function rootOf({ data }: ViewDocument): RootDocument {
  const root = parseRoot(data)
  if (root === undefined) throw new VaultMismatch("The vault's own document was written by a newer release, or damaged")
  return root
}

async function available<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof TidemarkError ? cause.code : 'an unexpected error'
    throw new KeysUnavailable(`The storage of the keys failed (${why})`, { cause })
  }
}
