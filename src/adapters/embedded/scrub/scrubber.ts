import { setTimeout as sleep } from 'node:timers/promises'
import { StorageBusy } from '../../../core/errors/storage.ts'
import type { FileIdentity } from '../sqlite/file-identity.ts'
import { rawFile } from './raw-files.ts'
import type { Step } from './sweeper.ts'

// Milliseconds between attempts, so that other connections can write in the meantime.
const PAUSE = 20

/** The dependencies of a scrubber. */
export type ScrubberOptions = {
  readonly identity: FileIdentity
  /** Milliseconds to wait for readers and writers. */
  readonly busyTimeout: number
  /** Makes the writer sweep some pages. @throws StorageClosed, StorageMoved, … */
  readonly step: (file: number, from: number) => Promise<Step>
}

/** Makes sure that deleted data is left in no part of a file, nor in its write-ahead log. */
export class Scrubber {
  readonly #options: ScrubberOptions
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(options: ScrubberOptions) {
    this.#options = options
  }

  /**
   * Resolves when nothing of what was deleted before the call is left. Callers during a sweep share the next one.
   *
   * @throws StorageBusy if other connections read or write for longer than the deadline: then call it again
   */
  scrub(): Promise<void> {
    if (this.#running === undefined) return this.#begin()
    this.#next ??= this.#running.catch(() => {}).then(() => this.#begin())
    return this.#next
  }

  #begin(): Promise<void> {
    this.#next = undefined
    this.#running = this.#sweep().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #sweep(): Promise<void> {
    const { identity, busyTimeout, step } = this.#options
    let deadline = performance.now() + busyTimeout
    for (let at = 1; ; ) {
      const reached = await step(rawFile(identity), at)
      if (reached === 'done') return
      if (reached !== 'busy') {
        at = reached
        deadline = performance.now() + busyTimeout
        continue
      }
      if (performance.now() > deadline) {
        throw new StorageBusy(
          `What was deleted from ${identity.path} could not be overwritten, because other connections use it: delete again`,
        )
      }
      await sleep(PAUSE)
    }
  }
}
