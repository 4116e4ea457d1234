import { setTimeout as sleep } from 'node:timers/promises'
import { StorageBusy } from '../../../core/errors/storage.ts'
import type { FileIdentity } from '../sqlite/file-identity.ts'
import { rawFile } from './raw-files.ts'
import type { Step } from './sweeper.ts'

// Milliseconds between attempts, so that others write meanwhile.
const PAUSE = 20

/** What a scrubber is made with. */
export type ScrubberOptions = {
  readonly identity: FileIdentity
  /** Milliseconds to wait for those who read or write. */
  readonly busyTimeout: number
  /** Has the writer sweep some pages. @throws StorageClosed, StorageMoved, … */
  readonly step: (file: number, from: number) => Promise<Step>
}

/** Sees to it that what was deleted from a file is left in no part of it, nor in its write-ahead log. */
export class Scrubber {
  readonly #options: ScrubberOptions
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(options: ScrubberOptions) {
    this.#options = options
  }

  /**
   * Resolves when what was deleted before the call is nowhere any more. Those who ask while the file is swept share the
   * next time.
   *
   * @throws StorageBusy when somebody reads or writes for longer than the deadline: then it is to be called again
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
          `What was deleted from ${identity.path} could not be overwritten, because others use it: delete again`,
        )
      }
      await sleep(PAUSE)
    }
  }
}
