/** One item that waits for its batch, and who is told what became of it. */
export type Pending<Item, Answer> = {
  readonly item: Item
  /** Characters of text in the item. */
  readonly size: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** So many items, and so much text. */
export type QueueLimits = { readonly items: number; readonly characters: number }

/** The items that wait for a writer, in the order in which they came. It is bounded: a disk that stalls must not be met by memory. */
export class WriteQueue<Item, Answer> {
  readonly #limits: QueueLimits
  #pending: Pending<Item, Answer>[] = []
  // Where the oldest is.
  #head = 0
  #characters = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get length(): number {
    return this.#pending.length - this.#head
  }

  /** Whether an item of this size may wait. An empty queue takes whatever the size is. */
  hasRoom(size: number): boolean {
    if (this.length === 0) return true
    return this.length < this.#limits.items && this.#characters + size <= this.#limits.characters
  }

  add(pending: Pending<Item, Answer>): void {
    this.#pending.push(pending)
    this.#characters += pending.size
  }

  /** Takes the oldest items out: one, and as many more as are within these limits. */
  take(most: QueueLimits): readonly Pending<Item, Answer>[] {
    let [end, characters] = [this.#head, 0]
    for (; end < this.#pending.length && end - this.#head < most.items; end++) {
      const { size } = this.#pending[end] as Pending<Item, Answer>
      if (end > this.#head && characters + size > most.characters) break
      characters += size
    }
    const taken = this.#pending.slice(this.#head, end)
    this.#characters -= characters
    this.#head = end
    // Not with each call: moving the rest must cost no more than taking did.
    if (this.#head * 2 >= this.#pending.length) {
      this.#pending = this.#pending.slice(this.#head)
      this.#head = 0
    }
    return taken
  }
}
