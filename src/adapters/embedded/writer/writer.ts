import { setImmediate as turn } from 'node:timers/promises'
import { StorageBusy, StorageClosed, StorageMoved } from '../../../core/errors/storage.ts'
import { isFailure, toError } from './failure.ts'
import type { Outcome } from './messages.ts'
import { type Pending, WriteQueue } from './write-queue.ts'
import { type ThreadOptions, WriterThread } from './writer-thread.ts'

const MAX_BATCH = 1024

/**
 * The limits for items waiting for a writer, besides the batch that it is writing; more are refused with `StorageBusy`.
 */
const QUEUE_LIMITS = { items: 100_000, characters: 256 * 1024 * 1024 }

/** The options of a writer. */
export type WriterOptions = ThreadOptions & {
  /** Called when a batch was committed, or may have been. */
  readonly written: () => void
  /** Called when the files were found to be no longer in their place. */
  readonly moved: () => void
}

type Death = { readonly error: unknown }

/**
 * Writes one file through its own thread. Items that are submitted during a batch go into the next one. A thread that
 * dies is replaced.
 */
export class Writer<Item, Answer extends readonly unknown[]> {
  readonly #options: WriterOptions
  readonly #queue = new WriteQueue<Item, Answer>(QUEUE_LIMITS)
  #thread: WriterThread<Item, Answer> | undefined
  #running: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /**
   * Starts the thread before there is something to write. A failure is reported to the first item that is submitted.
   */
  start(): void {
    this.#liveThread()
  }

  /**
   * Resolves when the item was written, durably, or refused.
   *
   * @param size characters of text in the item, if they may be many
   * @throws StorageBusy if too much is already waiting; StorageMoved, StorageFull, …
   */
  submit(item: Item, size = 0): Promise<Answer> {
    if (this.#closing) return Promise.reject(new StorageClosed())
    if (!this.#queue.hasRoom(size)) return Promise.reject(this.#overflow())
    return new Promise((resolve, reject) => {
      this.#queue.add({ item, size, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Writes what is queued, then ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    await this.#running
    await this.#thread?.stop()
  }

  async #run(): Promise<void> {
    // Everything else that is submitted in this turn belongs to the same batch.
    await undefined
    while (this.#queue.length > 0) {
      const batch = this.#queue.take(MAX_BATCH)
      const outcomes = await this.#write(batch)
      // A single submitter has nothing to wait for.
      const isAlone = batch.length === 1 && this.#queue.length === 0
      this.#settle(batch, outcomes)
      // The next batch is sent after the submitters of the last one had a chance to submit again.
      if (!isAlone) await turn()
    }
    this.#running = undefined
  }

  async #write(batch: readonly Pending<Item, Answer>[]): Promise<readonly Outcome<Answer>[] | Death> {
    try {
      return await this.#liveThread().write(batch.map(({ item }) => item))
    } catch (error) {
      return { error }
    }
  }

  #settle(batch: readonly Pending<Item, Answer>[], outcomes: readonly Outcome<Answer>[] | Death): void {
    const { identity, written, moved } = this.#options
    if ('error' in outcomes) {
      if (outcomes.error instanceof StorageMoved) moved()
      // The thread may have committed before it died.
      written()
      for (const { reject } of batch) reject(outcomes.error)
      return
    }
    if (outcomes.some((outcome) => isFailure(outcome) && outcome.moved)) moved()
    written()
    for (const [i, { resolve, reject }] of batch.entries()) {
      const outcome = outcomes[i] as Outcome<Answer>
      if (isFailure(outcome)) reject(toError(outcome, identity.path))
      else resolve(outcome)
    }
  }

  #liveThread(): WriterThread<Item, Answer> {
    if (this.#thread === undefined || this.#thread.isGone) this.#thread = new WriterThread(this.#options)
    return this.#thread
  }

  #overflow(): StorageBusy {
    const { path } = this.#options.identity
    return new StorageBusy(
      `${this.#queue.length} writes are already waiting for ${path}, which is the maximum number or size: retry later`,
    )
  }
}
