/** One item that waits for its batch, and who is told what became of it. */
export type Pending<Item, Answer> = {
  readonly item: Item
  /** Characters of text in the item. */
  readonly size: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** How much may wait for a writer. */
export type QueueLimits = { readonly items: number; readonly characters: number }

/** The items that wait for a writer, in the order in which they came. It is bounded: a disk that stalls must not be met by memory. */
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

  /** Whether an item of this size may wait. An empty queue takes whatever the size is. */
  hasRoom(size: number): boolean {
    if (this.#pending.length === 0) return true
    return this.#pending.length < this.#limits.items && this.#characters + size <= this.#limits.characters
  }

  add(pending: Pending<Item, Answer>): void {
    this.#pending.push(pending)
    this.#characters += pending.size
  }

  /** Takes the oldest items out, at most so many. */
  take(most: number): readonly Pending<Item, Answer>[] {
    const taken = this.#pending.length <= most ? this.#pending : this.#pending.slice(0, most)
    this.#pending = this.#pending.slice(taken.length)
    for (const { size } of taken) this.#characters -= size
    return taken
  }
}
