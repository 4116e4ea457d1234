import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DATA_VERSION, type Database } from './database.ts'

// Milliseconds between checks if the folder is watched, and if it cannot be.
const POLL = 100
const FAST_POLL = 20
// Checks without waiters after which watching ends, and milliseconds of repeated checks after the watch fired.
const LINGER = 20
const SPIN = 20

/**
 * Detects when a file was written, by this process or another. It watches the folder, because SQLite removes and
 * recreates its write-ahead log, and checks `PRAGMA data_version`. The watch fires before the commit is visible, so it
 * checks again each millisecond for a while; if watching does not work, slow polling remains.
 */
export class ChangeWatch {
  readonly #database: Database
  readonly #isUsable: () => boolean
  readonly #waiting = new Set<() => void>()
  #seen: number | undefined
  #watcher: FSWatcher | undefined
  #poll: NodeJS.Timeout | undefined
  #spin: NodeJS.Timeout | undefined
  #spinUntil = 0
  #idle = 0
  #closed = false

  /** @param isUsable called with every check: whether waiting still makes sense; if not, all waiters are woken */
  constructor(database: Database, isUsable: () => boolean = () => true) {
    this.#database = database
    this.#isUsable = isUsable
    this.#seen = database.readOne<[number]>(DATA_VERSION)?.[0]
  }

  /** Whether there will be no more notifications: it was closed, or waiting no longer makes sense. */
  get isOver(): boolean {
    return this.#closed || !this.#isUsable()
  }

  /** Resolves when something was committed since it last did, or on abort. */
  async changed(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#closed) return
    const version = this.#database.readOne<[number]>(DATA_VERSION)?.[0]
    if (version !== this.#seen) {
      // Earlier waiters have not seen it either, and the next check would find nothing new.
      this.#seen = version
      this.#wake()
      return
    }
    this.#start()
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        if (this.#waiting.size === 0) this.#rest()
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  /** Checks whether something was committed, and wakes the waiters. */
  look(): void {
    if (this.#waiting.size === 0 || this.#closed) return
    try {
      const version = this.#database.dataVersion()
      if (version === this.#seen && this.#isUsable()) return
      this.#seen = version
    } catch {
      // A waiter will encounter, and report, the failure when it reads.
    }
    this.#wake()
  }

  /** Wakes all waiters, and stops watching. */
  close(): void {
    this.#closed = true
    this.#wake()
    this.#stop()
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done()
  }

  #start(): void {
    this.#idle = 0
    if (this.#poll === undefined) this.#watch()
    this.#poll?.ref()
  }

  #watch(): void {
    const name = basename(this.#database.path)
    try {
      this.#watcher = watch(dirname(this.#database.path), { persistent: false }, (_event, file) => {
        if (this.#waiting.size > 0 && (file === null || file.startsWith(name))) this.#written()
      })
      this.#watcher.on('error', () => this.#pollOnly())
      this.#poll = setInterval(() => this.#tick(), POLL)
    } catch {
      this.#pollOnly()
    }
  }

  #pollOnly(): void {
    this.#watcher?.close()
    this.#watcher = undefined
    clearInterval(this.#poll)
    this.#poll = setInterval(() => this.#tick(), FAST_POLL)
    if (this.#waiting.size === 0) this.#poll.unref()
  }

  #written(): void {
    this.look()
    if (this.#waiting.size === 0) return
    this.#spinUntil = performance.now() + SPIN
    this.#spin ??= setInterval(() => {
      this.look()
      if (this.#waiting.size === 0 || performance.now() > this.#spinUntil) this.#endSpin()
    }, 1).unref()
  }

  #tick(): void {
    if (this.#waiting.size > 0) this.look()
    else if (++this.#idle > LINGER) this.#stop()
  }

  // Watching continues for a while, because waiters usually return at once, but it does not keep the process alive.
  #rest(): void {
    this.#poll?.unref()
    this.#endSpin()
  }

  #endSpin(): void {
    clearInterval(this.#spin)
    this.#spin = undefined
  }

  #stop(): void {
    this.#endSpin()
    clearInterval(this.#poll)
    this.#poll = undefined
    this.#watcher?.close()
    this.#watcher = undefined
  }
}
