import { notify } from '../../../core/async/callbacks.ts'
import { Changes } from '../../../core/async/changes.ts'
import { systemClock } from '../../../core/clock.ts'
import { retryDelay } from '../client/retry-delay.ts'
import { type FollowedStream, KINDS, type Kind } from './followed-stream.ts'
import { isNeverThere } from './no-change-streams.ts'

/** The options for watching changes. */
export type WatchOptions = {
  /** Opens a change stream. */
  readonly follow: (word: (kind: Kind, slot?: number) => void, opened: () => void) => FollowedStream
  /** Milliseconds after which waiters poll while no change stream is open. */
  readonly pollInterval: number
  /** Called once if there are no change streams here. */
  readonly onNotice: (notice: string) => void
}

// While a change stream is open it notifies waiters. In case it is silent for another reason than that nothing happens,
// waiters still poll after this many milliseconds.
const SILENCE = 15_000

/**
 * Notifications of changes from one change stream for the whole process, opened at the first wait. They only signal
 * when to read: when the stream ends, because the oplog was rolled over, a primary stepped down or the network failed,
 * all waiters poll, and another one is opened. Until that has sent its first response, waiting is polling.
 */
export class ChangeWatch {
  readonly #options: WatchOptions
  readonly #changes: Readonly<Record<Kind, Changes>> = { events: new Changes(), documents: new Changes() }
  readonly #slots = new Map<number, Changes>()
  readonly #closing = new AbortController()
  #isOpen = false
  #stream: FollowedStream | undefined
  #following: Promise<void> | undefined

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Whether a change stream has sent its first response and has not ended since. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Something was committed; for events, in one slot, or in an unknown one. */
  notify(kind: Kind, slot?: number): void {
    this.#changes[kind].notify()
    if (kind !== 'events') return
    for (const [of, changes] of this.#slots) if (slot === undefined || of === slot) changes.notify()
  }

  /**
   * Resolves when there may be a change, when `signal` is aborted, or when the watch is closed.
   *
   * @param slot where to wait for events, so that events elsewhere do not wake the waiter
   */
  async changed(kind: Kind, signal: AbortSignal, slot?: number): Promise<void> {
    const { signal: closing } = this.#closing
    if (closing.aborted) return
    this.#following ??= this.#follow()
    const patience = this.#isOpen ? SILENCE : this.#options.pollInterval
    const changes = slot === undefined ? this.#changes[kind] : this.#ofSlot(slot)
    await changes.next(patience, AbortSignal.any([signal, closing]))
  }

  /** Ends all waiting, and the change stream. */
  async close(): Promise<void> {
    this.#closing.abort()
    // A response that the server delays cannot be accelerated; it is ignored when it arrives.
    await this.#stream?.close().catch(() => {})
  }

  #ofSlot(slot: number): Changes {
    const changes = this.#slots.get(slot) ?? new Changes()
    this.#slots.set(slot, changes)
    return changes
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closing
    for (let attempt = 0; !signal.aborted; attempt++) {
      const opened = () => {
        attempt = 0
        this.#isOpen = true
        this.#notifyAll()
      }
      try {
        this.#stream = this.#options.follow((kind, slot) => this.notify(kind, slot), opened)
        await this.#stream.ended
      } catch (error) {
        if (signal.aborted) return
        if (isNeverThere(error)) {
          notify(
            this.#options.onNotice,
            `There are no change streams here (${(error as Error).message}): changes are polled for every ` +
              `${this.#options.pollInterval} ms`,
          )
          return
        }
      } finally {
        this.#isOpen = false
        this.#stream?.close().catch(() => {})
        this.#notifyAll()
      }
      await systemClock.sleep(retryDelay(attempt), signal)
    }
  }

  #notifyAll(): void {
    for (const kind of KINDS) this.notify(kind)
  }
}
