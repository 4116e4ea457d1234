import { Worker } from 'node:worker_threads'
import { StorageClosed, StorageUnavailable } from '../../../core/errors/storage.ts'
import { sqliteError, toStorageError } from '../sqlite/errors.ts'
import type { Failure, Outcome, Started, WriterData, WriterKind } from './messages.ts'

const MAX_BATCH = 1024

// The published build has its thread as .js beside this file, the sources as .ts.
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url)

// None of the flags that this process was started with, loaders and inspectors among them. Node 22 says in each thread
// that SQLite is experimental; once, in the main thread, is enough.
export const THREAD_FLAGS = ['--disable-warning=ExperimentalWarning']

type Waiting<Item, Answer> = {
  readonly item: Item
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** What a writer is made with. */
export type WriterOptions = {
  readonly kind: WriterKind
  readonly path: string
  /** Milliseconds that a batch waits for another process's lock. */
  readonly busyTimeout: number
  /** Called when a batch was committed, or may have been. */
  readonly written: () => void
}

/**
 * The main thread's end of a writer thread. What is submitted while a batch is under way gathers for the next one. The
 * thread keeps the process alive while it has work, and is started anew when it dies.
 */
export class Writer<Item, Answer extends readonly unknown[]> {
  readonly #options: WriterOptions
  #queue: Waiting<Item, Answer>[] = []
  #inFlight: readonly Waiting<Item, Answer>[] = []
  #thread: Promise<Thread> | undefined
  #scheduled = false
  #closing: Promise<void> | undefined
  #idle: (() => void) | undefined

  constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Starts the thread before there is something to write. What goes wrong is told to what is submitted. */
  start(): void {
    this.#started().catch(() => {})
  }

  /** Resolves when the item is written, durably, or answered. @throws StorageBusy, StorageFull, … */
  submit(item: Item): Promise<Answer> {
    if (this.#closing) return Promise.reject(new StorageClosed())
    return new Promise((resolve, reject) => {
      this.#queue.push({ item, resolve, reject })
      if (this.#scheduled || this.#inFlight.length > 0) return
      this.#scheduled = true
      queueMicrotask(() => this.#send())
    })
  }

  /** Writes what is queued, then ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    if (this.#queue.length > 0 || this.#inFlight.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    const thread = await this.#thread?.catch(() => undefined)
    await thread?.stop()
  }

  #started(): Promise<Thread> {
    this.#thread ??= startThread(
      this.#options,
      (outcomes) => this.#answered(outcomes as Outcome<Answer>[]),
      () => this.#died(),
    ).catch((error: unknown) => {
      this.#thread = undefined
      throw error
    })
    return this.#thread
  }

  #send(): void {
    this.#scheduled = false
    if (this.#queue.length === 0) {
      this.#idle?.()
      return
    }
    this.#inFlight = this.#queue.length <= MAX_BATCH ? this.#queue : this.#queue.slice(0, MAX_BATCH)
    this.#queue = this.#queue.slice(this.#inFlight.length)
    const items = this.#inFlight.map(({ item }) => item)
    this.#started().then(
      (thread) => thread.send(items),
      (error: unknown) => this.#settle((waiting) => waiting.reject(error)),
    )
  }

  #answered(outcomes: readonly Outcome<Answer>[]): void {
    this.#options.written()
    this.#settle((waiting, i) => {
      const outcome = outcomes[i] as Outcome<Answer>
      if (isFailure(outcome)) waiting.reject(this.#error(outcome))
      else waiting.resolve(outcome)
    })
  }

  #died(): void {
    this.#thread = undefined
    // It may have committed: whoever reads must look, and whoever appended may repeat it.
    this.#options.written()
    this.#settle((waiting) => waiting.reject(new StorageUnavailable(`The writer of ${this.#options.path} died`)))
  }

  #settle(each: (waiting: Waiting<Item, Answer>, index: number) => void): void {
    const settled = this.#inFlight
    this.#inFlight = []
    // The next batch leaves after those who are answered now had the chance to put in their next item. One who is alone
    // has nobody to wait for, and sends it by submitting it.
    this.#scheduled = settled.length > 1 || this.#queue.length > 0 || this.#idle !== undefined
    if (this.#scheduled) setImmediate(() => this.#send())
    for (const [i, waiting] of settled.entries()) each(waiting, i)
  }

  #error({ message, errcode }: Failure): unknown {
    if (errcode !== undefined) return toStorageError(sqliteError(message, errcode), this.#options.path)
    return new StorageUnavailable(`${this.#options.path}: ${message}`)
  }
}

const isFailure = <Answer extends readonly unknown[]>(outcome: Outcome<Answer>): outcome is Failure =>
  !Array.isArray(outcome)

type Thread = {
  send(items: readonly unknown[]): void
  stop(): Promise<void>
}

function startThread(
  { kind, path, busyTimeout }: WriterOptions,
  answered: (outcomes: readonly Outcome<readonly unknown[]>[]) => void,
  died: () => void,
): Promise<Thread> {
  const sent = new Int32Array(new SharedArrayBuffer(4))
  const workerData: WriterData = { kind, path, busyTimeout, sent }
  const worker = new Worker(THREAD, { workerData, execArgv: THREAD_FLAGS, name: `tidemark ${kind} writer` })
  let stopping = false
  const send = (items: readonly unknown[]) => {
    worker.ref()
    worker.postMessage(items)
    Atomics.add(sent, 0, 1)
    Atomics.notify(sent, 0)
  }
  return new Promise((resolve, reject) => {
    const exited = new Promise<void>((gone) => {
      worker.once('exit', () => {
        reject(new StorageUnavailable(`The writer of ${path} could not be started`))
        if (!stopping) died()
        gone()
      })
    })
    worker.once('error', (cause) => {
      reject(new StorageUnavailable(`The writer of ${path} failed`, { cause }))
    })
    worker.once('message', (started: Started) => {
      if (started !== 'ready') {
        const { message, errcode = 1 } = started
        reject(toStorageError(sqliteError(message, errcode), path))
        return
      }
      worker.on('message', (outcomes: readonly Outcome<readonly unknown[]>[]) => {
        worker.unref()
        answered(outcomes)
      })
      worker.unref()
      resolve({
        send,
        async stop() {
          stopping = true
          send([])
          await exited
        },
      })
    })
  })
}
