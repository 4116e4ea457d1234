import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { InvalidConfiguration } from '../../core/errors/input.ts'
import { VaultMismatch } from '../../core/errors/vault.ts'
import type { StoredRoot } from './key-store.ts'
import { unwrapByMaster } from './master/call-master.ts'
import type { MasterKey } from './master/master-key.ts'
import { unwrapKey } from './master/wrapped-key.ts'
import type { RootDocument } from './root-document.ts'

/** What the key of a vault's epoch is bound to. */
export const epochContext = (vault: string, epoch: number) => ({ vault, epoch: String(epoch) })

/** What a vault's index secret is bound to. */
export const indexContext = (vault: string, epoch: number): string => `tidemark/index/1 ${vault} ${epoch}`

/** The keys of a vault's epochs, each unwrapped by its master key once a process. */
export class Epochs {
  readonly #clock: Clock
  readonly #masters = new Map<string, MasterKey>()
  readonly #keys = new Map<number, Promise<KeyObject>>()
  #root: StoredRoot

  /** @param masters the first one is the one to wrap new epochs with */
  constructor(clock: Clock, masters: readonly MasterKey[], root: StoredRoot) {
    this.#clock = clock
    for (const master of masters) this.addMaster(master)
    this.#root = root
  }

  /** As it was last read. */
  get root(): RootDocument {
    return this.#root.document
  }

  get vault(): string {
    return this.#root.vault
  }

  /** The vault's own document was read again. @throws VaultMismatch if it is gone */
  accept(root: StoredRoot | undefined): RootDocument {
    if (root === undefined) {
      throw new VaultMismatch("The vault's own document is gone: restore the storage of the keys completely")
    }
    if (root.document.current < this.root.current) return this.root
    // It never decreases, unless an older document was restored.
    const longestTtl = Math.max(root.document.longestTtl, this.root.longestTtl)
    this.#root = { ...root, document: { ...root.document, longestTtl } }
    return this.root
  }

  addMaster(master: MasterKey): void {
    if (!this.#masters.has(master.id)) this.#masters.set(master.id, master)
  }

  /**
   * The key of an epoch.
   *
   * @throws KeysUnavailable; VaultMismatch for an epoch that the vault does not have (any more); InvalidConfiguration if
   *   its master key was not given
   */
  keyOf(epoch: number): Promise<KeyObject> {
    const known = this.#keys.get(epoch)
    if (known) return known
    const key = this.#unwrap(epoch)
    this.#keys.set(epoch, key)
    key.catch(() => this.#keys.delete(epoch))
    return key
  }

  /** The vault's index secret. @throws as keyOf does */
  async indexSecret(): Promise<KeyObject> {
    const { epoch, key } = this.root.index
    const secret = unwrapKey(await this.keyOf(epoch), Buffer.from(key, 'base64url'), indexContext(this.vault, epoch))
    if (secret === undefined) throw new VaultMismatch("The vault's index secret was changed")
    return createSecretKey(secret)
  }

  async #unwrap(epoch: number): Promise<KeyObject> {
    const stored = this.root.epochs[epoch]
    if (stored === undefined) {
      throw new VaultMismatch(
        `A key belongs to epoch ${epoch}, which was removed when the keys were rotated: its document comes from an older backup`,
      )
    }
    const master = this.#masters.get(stored.master)
    if (master === undefined) {
      throw new InvalidConfiguration('master', `epoch ${epoch} needs master key ${stored.master}, which was not given`)
    }
    const wrapped = Buffer.from(stored.key, 'base64url')
    return createSecretKey(await unwrapByMaster(this.#clock, master, wrapped, epochContext(this.vault, epoch)))
  }
}
