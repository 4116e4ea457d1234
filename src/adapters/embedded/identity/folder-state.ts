import { setImmediate as turn } from 'node:timers/promises'
import { StorageClosed, StorageMoved } from '../../../core/errors/storage.ts'
import { type FileIdentity, fullPlacementOf } from '../sqlite/file-identity.ts'

// Milliseconds of synchronous reads after which to yield to the event loop.
const TURN_AFTER = 5

// Milliseconds for which a check of the files is valid for readers.
const LOOK_EVERY = 100

/** Whether a storage can be used: it was not closed, and its files are where they were opened. */
export class FolderState {
  readonly #files: readonly FileIdentity[]
  #moved: FileIdentity | undefined
  #isClosed = false
  #turned = performance.now()
  #looked = this.#turned

  constructor(files: readonly FileIdentity[]) {
    this.#files = files
  }

  /** @throws StorageClosed, StorageMoved */
  assertOpen(): void {
    if (this.#isClosed) throw new StorageClosed()
    if (this.#moved !== undefined) throw new StorageMoved(this.#moved.path)
  }

  /**
   * Await it before each read. Reads are synchronous, so a loop of them would never yield to the event loop; after some
   * milliseconds of them this does. @throws StorageClosed, StorageMoved
   */
  async ready(): Promise<void> {
    this.isUsable()
    this.assertOpen()
    if (performance.now() - this.#turned < TURN_AFTER) return
    await turn()
    this.#turned = performance.now()
    this.assertOpen()
  }

  /** Whether `assertOpen` would pass, and the files were in place at some moment of the last 100 ms. */
  isUsable(): boolean {
    if (performance.now() - this.#looked >= LOOK_EVERY) this.#look()
    return !this.#isClosed && this.#moved === undefined
  }

  /** Checks the files now. @throws StorageClosed, StorageMoved */
  assertInPlace(): void {
    this.#look()
    this.assertOpen()
  }

  /**
   * Refuses everything from now on, because a file is not in its place. This is permanent, even if the file comes back.
   */
  refuse(moved: FileIdentity): void {
    this.#moved ??= moved
  }

  close(): void {
    this.#isClosed = true
  }

  #look(): void {
    this.#looked = performance.now()
    const moved = this.#files.find((file) => fullPlacementOf(file).state !== 'inPlace')
    if (moved !== undefined) this.refuse(moved)
  }
}
