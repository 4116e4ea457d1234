import { Worker } from 'node:worker_threads'
import { TidemarkError } from '../../../core/errors/base.ts'
import { StorageUnavailable } from '../../../core/errors/storage.ts'
import { preventStrippingCrash } from '../../../core/type-stripping.ts'
import { toError } from './failure.ts'
import type { Failure, Outcome, ThreadMessage, WriterData } from './messages.ts'

// The published build has its thread as .js beside this file, the sources as .ts.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)
preventStrippingCrash(import.meta.url)

// None of the flags that this process was started with, such as loaders and inspectors. Node 22 warns in each thread
// that SQLite is experimental; one warning in the main thread is enough.
export const THREAD_FLAGS = ['--disable-warning=ExperimentalWarning']

/** The options of a writer thread. */
export type ThreadOptions = Omit<WriterData, 'sent'>

type Flight<Answer> = {
  readonly resolve: (outcomes: readonly Outcome<Answer>[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * The main thread's end of one writer thread, from its start to its end. Only the thread that a batch was sent to
 * settles it, by its reply or its death. It keeps the process alive only while it writes.
 */
export class WriterThread<Item, Answer extends readonly unknown[]> {
  readonly #path: string
  readonly #worker: Worker
  readonly #sent = new Int32Array(new SharedArrayBuffer(4))
  readonly #exited: Promise<void>
  #flight: Flight<Answer> | undefined
  #failure: unknown
  #isGone = false

  constructor({ kind, identity, busyTimeout, incarnation }: ThreadOptions) {
    this.#path = identity.path
    const workerData: WriterData = { kind, identity, busyTimeout, incarnation, sent: this.#sent }
    this.#worker = new Worker(THREAD, { workerData, execArgv: THREAD_FLAGS, name: `tidemark ${kind} writer` })
    this.#worker.unref()
    this.#worker.on('message', (message: ThreadMessage<Answer>) => this.#told(message))
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

  /** Whether the thread has ended, or is about to because it could not open its file. It accepts no batch any more. */
  get isGone(): boolean {
    return this.#isGone
  }

  /**
   * Sends a batch to the thread. Call it only when the previous batch was settled.
   *
   * @throws StorageUnavailable and similar errors if the thread does not start, or dies: then the batch may have been
   *   written
   */
  write(items: readonly Item[]): Promise<readonly Outcome<Answer>[]> {
    return new Promise((resolve, reject) => {
      this.#flight = { resolve, reject }
      this.#send(items)
    })
  }

  /** Ends the thread after everything that was sent. */
  async stop(): Promise<void> {
    if (!this.#isGone) this.#send([])
    await this.#exited
  }

  #send(items: readonly Item[]): void {
    this.#worker.ref()
    this.#worker.postMessage(items)
    Atomics.add(this.#sent, 0, 1)
    Atomics.notify(this.#sent, 0)
  }

  #told(message: ThreadMessage<Answer>): void {
    if (!Array.isArray(message)) {
      this.#end(toError(message as Failure, this.#path))
      return
    }
    this.#worker.unref()
    const flight = this.#flight
    this.#flight = undefined
    flight?.resolve(message as readonly Outcome<Answer>[])
  }

  #end(cause: unknown): void {
    this.#isGone = true
    const flight = this.#flight
    this.#flight = undefined
    const message = `The writer of ${this.#path} ended unexpectedly`
    flight?.reject(cause instanceof TidemarkError ? cause : new StorageUnavailable(message, { cause }))
  }
}
