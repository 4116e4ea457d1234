/** One item that waits for its batch, and the callbacks for its outcome. */
export type Pending<Item, Answer> = {
  readonly item: Item
  /** Characters of text in the item. */
  readonly size: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** The limits of the queue. */
export type QueueLimits = { readonly items: number; readonly characters: number }

/**
 * The items that wait for a writer, in order of arrival. It is bounded, because a stalled disk must not fill up memory.
 */
export class WriteQueue<Item, Answer> {
  readonly #limits: QueueLimits
  #pending: Pending<Item, Answer>[] = []
  #characters = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#pending.length
  }

  /** Whether an item of this size may wait. An empty queue accepts any size. */
  hasRoom(size: number): boolean {
    if (this.#pending.length === 0) return true
    return this.#pending.length < this.#limits.items && this.#characters + size <= this.#limits.characters
  }

  add(pending: Pending<Item, Answer>): void {
    this.#pending.push(pending)
    this.#characters += pending.size
  }

  /** Takes the oldest items out, up to a number. */
  take(most: number): readonly Pending<Item, Answer>[] {
    const taken = this.#pending.length <= most ? this.#pending : this.#pending.slice(0, most)
    this.#pending = this.#pending.slice(taken.length)
    for (const { size } of taken) this.#characters -= size
    return taken
  }
}
