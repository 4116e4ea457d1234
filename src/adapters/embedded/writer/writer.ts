import { StorageBusy, StorageClosed, StorageMoved } from '../../../core/errors/storage.ts'
import { isFailure, toError } from './failure.ts'
import type { Outcome } from './messages.ts'
import { WriteQueue } from './write-queue.ts'
import { type Death, type Landed, type ThreadOptions, WriterThread } from './writer-thread.ts'

// What a batch takes. They are small, so that the thread begins with the first of them while the others are made; it
// commits those together that are there.
const BATCH = { items: 16, characters: 64 * 1024 }

/** What may wait for a writer, beside what it is writing; more is refused with `StorageBusy`. */
const QUEUE_LIMITS = { items: 100_000, characters: 256 * 1024 * 1024 }

/** What a writer is made with. */
export type WriterOptions = ThreadOptions & {
  /** Called when something was committed, or may have been. */
  readonly written: () => void
  /** Called when the files were found to be no longer in their place. */
  readonly moved: () => void
}

/**
 * Writes one file through a thread of its own. What is submitted while a transaction is under way is made ready for the
 * next one. A thread that dies is replaced.
 */
export class Writer<Item, Answer extends readonly unknown[]> {
  readonly #options: WriterOptions
  readonly #queue = new WriteQueue<Item, Answer>(QUEUE_LIMITS)
  #thread: WriterThread<Item, Answer> | undefined
  // Of what was submitted and is not settled yet.
  #unsettled = 0
  // Whether the last transaction had one item and nobody waited behind it: one who is alone has nobody to wait for.
  #isAlone = true
  #isDue = false
  #settled: (() => void) | undefined
  #closing: Promise<void> | undefined

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Starts the thread before there is something to write. What goes wrong is told to what is submitted. */
  start(): void {
    this.#liveThread()
  }

  /**
   * Resolves when the item is written, durably, or answered.
   *
   * @param size characters of text in the item, where they may be many
   * @throws StorageBusy when too much waits already; StorageMoved, StorageFull, …
   */
  submit(item: Item, size = 0): Promise<Answer> {
    if (this.#closing) return Promise.reject(new StorageClosed())
    if (!this.#queue.hasRoom(size)) return Promise.reject(this.#overflow())
    return new Promise((resolve, reject) => {
      this.#unsettled++
      this.#queue.add({ item, size, resolve, reject })
      if (this.#queue.length >= BATCH.items) this.#send(true)
      this.#sendRestLater()
    })
  }

  /** Writes what is queued, then ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    if (this.#unsettled > 0) {
      await new Promise<void>((resolve) => {
        this.#settled = resolve
      })
    }
    await this.#thread?.stop()
  }

  // Ticks come after all that those who were answered do at once: what they submit belongs to the same transaction.
  #sendRestLater(): void {
    if (this.#isDue) return
    this.#isDue = true
    const later = this.#isAlone ? queueMicrotask : process.nextTick
    later(() => {
      this.#isDue = false
      this.#send(false)
      this.#thread?.announceEnd()
    })
  }

  /** Sends what is queued, as far as there is room for it. @param more whether more may come in this turn */
  #send(more: boolean): void {
    while (this.#queue.length > 0 && this.#sendBatch(more)) {}
  }

  #sendBatch(more: boolean): boolean {
    let thread: WriterThread<Item, Answer> | Death
    try {
      thread = this.#liveThread()
      if (!thread.hasRoom(BATCH.items)) return false
    } catch (error) {
      thread = { error }
    }
    const batch = this.#queue.take(BATCH)
    try {
      if ('error' in thread) throw thread.error
      thread.write(batch, more || this.#queue.length > 0)
    } catch (error) {
      this.#settle([{ batch, outcomes: { error } }])
    }
    return true
  }

  #settle(landed: readonly Landed<Item, Answer>[]): void {
    const { identity, written, moved } = this.#options
    if (landed.some(({ outcomes }) => tellsOfMove(outcomes))) moved()
    // A thread may have committed before it died.
    written()
    this.#isAlone = landed.length === 1 && landed[0]?.batch.length === 1 && this.#queue.length === 0
    for (const { batch, outcomes } of landed) {
      this.#unsettled -= batch.length
      for (const [i, { resolve, reject }] of batch.entries()) {
        const outcome = 'error' in outcomes ? outcomes : (outcomes[i] as Outcome<Answer>)
        if ('error' in outcome) reject(outcome.error)
        else if (isFailure(outcome)) reject(toError(outcome, identity.path))
        else resolve(outcome)
      }
    }
    if (this.#queue.length > 0) this.#sendRestLater()
    if (this.#unsettled === 0) this.#settled?.()
  }

  #liveThread(): WriterThread<Item, Answer> {
    if (this.#thread === undefined || this.#thread.isGone) {
      this.#thread = new WriterThread(this.#options, (landed) => this.#settle(landed))
    }
    return this.#thread
  }

  #overflow(): StorageBusy {
    const { path } = this.#options.identity
    return new StorageBusy(
      `${this.#queue.length} writes wait for ${path} already, which is as many, or as much text, as may: try again later`,
    )
  }
}

const tellsOfMove = (outcomes: Landed<unknown, readonly unknown[]>['outcomes']): boolean =>
  'error' in outcomes
    ? outcomes.error instanceof StorageMoved
    : outcomes.some((outcome) => isFailure(outcome) && outcome.moved)
