import { Worker } from 'node:worker_threads'
import { TidemarkError } from '../../../core/errors/base.ts'
import { StorageUnavailable } from '../../../core/errors/storage.ts'
import { toError } from './failure.ts'
import { Outbox } from './handover/outbox.ts'
import type { Outcome, ThreadMessage, WriterData } from './messages.ts'
import type { Pending } from './write-queue.ts'

// The published build has its thread as .js beside this file, the sources as .ts.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

// None of the flags that this process was started with, loaders and inspectors among them. Node 22 says in each thread
// that SQLite is experimental; once, in the main thread, is enough.
export const THREAD_FLAGS = ['--disable-warning=ExperimentalWarning']

// Items, and characters of their text, that may be with the thread at a time.
const MOST = { items: 1024, characters: 16 * 1024 * 1024 }

/** What a writer thread is started with. */
export type ThreadOptions = Omit<WriterData, 'words'>

/** Items that were sent together. */
export type Batch<Item, Answer> = readonly Pending<Item, Answer>[]

/** That a thread died before it answered. */
export type Death = { readonly error: unknown }

/** What became of a batch. */
export type Landed<Item, Answer> = {
  readonly batch: Batch<Item, Answer>
  readonly outcomes: readonly Outcome<Answer>[] | Death
}

/**
 * The main thread's end of one writer thread, from its start to its end. A batch is answered by the thread that it was
 * sent to or by that thread's death, and by nothing else. It keeps the process alive only while it writes.
 */
export class WriterThread<Item, Answer extends readonly unknown[]> {
  readonly #path: string
  readonly #worker: Worker
  readonly #outbox = new Outbox((memory) => this.#worker.postMessage(memory))
  readonly #exited: Promise<void>
  readonly #landed: (batches: readonly Landed<Item, Answer>[]) => void
  // In the order in which they were sent.
  #flying: Batch<Item, Answer>[] = []
  #items = 0
  #characters = 0
  #failure: unknown
  #isGone = false

  /** @param landed called with the batches that were answered, or all that were not when the thread dies */
  constructor(
    { kind, identity, busyTimeout, incarnation }: ThreadOptions,
    landed: (batches: readonly Landed<Item, Answer>[]) => void,
  ) {
    this.#path = identity.path
    this.#landed = landed
    const workerData: WriterData = { kind, identity, busyTimeout, incarnation, words: this.#outbox.words }
    this.#worker = new Worker(THREAD, { workerData, execArgv: THREAD_FLAGS, name: `tidemark ${kind} writer` })
    this.#worker.unref()
    this.#worker.on('message', (message: ThreadMessage) => this.#told(message))
    this.#worker.once('error', (cause) => {
      this.#failure = cause
    })
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#end(this.#failure ?? new Error(`The thread ended with code ${code}`))
        resolve()
      })
    })
  }

  /** Whether the thread has ended, or is about to because it could not open its file. It takes no batch any more. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Whether a batch of so many items may be sent. */
  hasRoom(items: number): boolean {
    return (
      this.#items + items <= MOST.items && this.#characters < MOST.characters && this.#outbox.hasRoom && !this.#isGone
    )
  }

  /**
   * Has the thread write a batch. To be called only when there is room.
   *
   * @param more whether more may be written in this turn, which the thread then waits for, briefly, before it commits
   */
  write(batch: Batch<Item, Answer>, more: boolean): void {
    this.#outbox.send(
      batch.map(({ item }) => item),
      more,
    )
    if (this.#flying.length === 0) this.#worker.ref()
    this.#flying.push(batch)
    this.#count(batch, 1)
  }

  /** Says that nothing more is written in this turn, unless that was said already. */
  announceEnd(): void {
    this.#outbox.announceEnd()
  }

  /** Ends the thread after what it was sent. */
  async stop(): Promise<void> {
    this.#worker.ref()
    this.#outbox.stop()
    await this.#exited
  }

  #told(failure: ThreadMessage): void {
    if (failure === null) this.#land()
    else this.#end(toError(failure, this.#path))
  }

  #land(): void {
    const landed: Landed<Item, Answer>[] = []
    for (const outcomes of this.#outbox.answers<Outcome<Answer>>()) {
      const batch = this.#flying.shift() as Batch<Item, Answer>
      this.#count(batch, -1)
      landed.push({ batch, outcomes })
    }
    if (this.#flying.length === 0) this.#worker.unref()
    if (landed.length > 0) this.#landed(landed)
  }

  #count(batch: Batch<Item, Answer>, sign: 1 | -1): void {
    this.#items += sign * batch.length
    for (const { size } of batch) this.#characters += sign * size
  }

  #end(cause: unknown): void {
    if (this.#isGone) return
    // What it answered before it died was written, although nobody may have been woken for it.
    this.#land()
    this.#isGone = true
    const message = `The writer of ${this.#path} ended unexpectedly`
    const error = cause instanceof TidemarkError ? cause : new StorageUnavailable(message, { cause })
    const lost = this.#flying.splice(0)
    if (lost.length > 0) this.#landed(lost.map((batch) => ({ batch, outcomes: { error } })))
  }
}
