import { StorageMoved } from '../../../core/errors/storage.ts'
import { type FileIdentity, type Placement, placementOf } from '../sqlite/file-identity.ts'

// Milliseconds for which a look counts before a batch. After a batch there is always a look.
const FRESH = 1

/**
 * Keeps a writer from files that are no longer in their place. Looking after the commit, before anybody is answered,
 * keeps appends from being acknowledged out of deleted files. Looking before it keeps them from being checkpointed into
 * a database that somebody else has written meanwhile, behind another write-ahead log.
 */
export class FileGuard {
  readonly #identity: FileIdentity
  #looked = Number.NEGATIVE_INFINITY
  #placement: Placement | undefined

  constructor(identity: FileIdentity) {
    this.#identity = identity
  }

  /** To be called before a batch. @throws StorageMoved from when the files were first found to be moved */
  before(): void {
    if (performance.now() - this.#looked > FRESH) this.after()
  }

  /** To be called after the commit. @returns bytes of the write-ahead log @throws StorageMoved */
  after(): number {
    if (this.#placement === undefined || this.#placement.state === 'inPlace') {
      this.#placement = placementOf(this.#identity)
    }
    if (this.#placement.state !== 'inPlace') throw new StorageMoved(this.#identity.path)
    this.#looked = performance.now()
    return this.#placement.walBytes
  }
}
