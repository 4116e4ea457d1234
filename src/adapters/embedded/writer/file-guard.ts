import { StorageMoved } from '../../../core/errors/storage.ts'
import { type FileIdentity, type Placement, placementOf } from '../sqlite/file-identity.ts'

// Milliseconds for which a check is valid before a batch. After a batch there is always a check.
const FRESH = 1

/**
 * Prevents a writer from using files that are no longer in their place. A check after the commit, before any reply,
 * prevents appends in deleted files from being acknowledged. A check before it prevents them from being checkpointed
 * into a database that another process has written in the meantime, with another write-ahead log.
 */
export class FileGuard {
  readonly #identity: FileIdentity
  #looked = Number.NEGATIVE_INFINITY
  #placement: Placement | undefined

  constructor(identity: FileIdentity) {
    this.#identity = identity
  }

  /** Call it before a batch. @throws StorageMoved once the files were found to be moved */
  before(): void {
    if (performance.now() - this.#looked > FRESH) this.after()
  }

  /** Call it after the commit. @returns bytes of the write-ahead log @throws StorageMoved */
  after(): number {
    if (this.#placement === undefined || this.#placement.state === 'inPlace') {
      this.#placement = placementOf(this.#identity)
    }
    if (this.#placement.state !== 'inPlace') throw new StorageMoved(this.#identity.path)
    this.#looked = performance.now()
    return this.#placement.walBytes
  }
}
