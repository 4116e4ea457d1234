import type { ChangeWatch } from '../sqlite/change-watch.ts'

type Waiting = {
  /** The last LSN of the slot when waiting began. */
  readonly seen: number
  readonly done: () => void
}

/** What a slot watch reads. */
export type Slots = {
  /** The last LSN of a slot. */
  readonly headOf: (slot: number) => number
  /** The boundaries of the slots, in any form that changes with each split. */
  readonly cuts: () => unknown
  /** Runs several of these at one moment. */
  readonly atOnce: <T>(work: () => T) => T
}

/**
 * Detects when one slot of the log has grown. All waiters share one check of the file, which asks about each slot that
 * is waited for; without it, an append would wake the readers of all slots, and each would read in vain.
 */
export class SlotWatch {
  readonly #watch: ChangeWatch
  readonly #slots: Slots
  // By slot. While there are waiters, one loop follows the file.
  readonly #waiting = new Map<number, Set<Waiting>>()
  #cuts: unknown
  #end: AbortController | undefined

  constructor(watch: ChangeWatch, slots: Slots) {
    this.#watch = watch
    this.#slots = slots
  }

  /** Resolves when the slot has grown since the call, when slots were split, or on abort. */
  async changed(slot: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const seen = this.#slots.atOnce(() => {
      if (this.#waiting.size === 0) this.#cuts = this.#slots.cuts()
      return this.#slots.headOf(slot)
    })
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#forget(slot, waiting)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const waiting = { seen, done }
      this.#waiting.set(slot, (this.#waiting.get(slot) ?? new Set()).add(waiting))
      signal.addEventListener('abort', done, { once: true })
      if (this.#end === undefined || this.#end.signal.aborted) void this.#follow()
    })
  }

  #forget(slot: number, waiting: Waiting): void {
    const others = this.#waiting.get(slot)
    others?.delete(waiting)
    if (others?.size === 0) this.#waiting.delete(slot)
    if (this.#waiting.size === 0) this.#end?.abort()
  }

  async #follow(): Promise<void> {
    const end = new AbortController()
    this.#end = end
    try {
      while (!end.signal.aborted) {
        await this.#watch.changed(end.signal)
        if (this.#watch.isOver) break
        this.#wake()
      }
    } catch {
      // A waiter will encounter, and report, the failure when it reads.
    }
    if (end.signal.aborted) return
    this.#end = undefined
    this.#wakeAll()
  }

  #wake(): void {
    const grown = this.#slots.atOnce(() => {
      const cuts = this.#slots.cuts()
      if (cuts !== this.#cuts) return undefined
      return [...this.#waiting.keys()].map((slot) => [slot, this.#slots.headOf(slot)] as const)
    })
    if (grown === undefined) this.#wakeAll()
    for (const [slot, head] of grown ?? []) {
      for (const { seen, done } of [...(this.#waiting.get(slot) ?? [])]) if (head > seen) done()
    }
  }

  #wakeAll(): void {
    for (const waiting of [...this.#waiting.values()]) for (const { done } of [...waiting]) done()
  }
}
