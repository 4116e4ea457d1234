/** A queue by priority: the item with the least key comes first. */
export class Heap<Item> {
  readonly #items: { readonly key: number; readonly item: Item }[] = []

  get size(): number {
    return this.#items.length
  }

  /** The item with the least key, and its key. */
  peek(): { readonly key: number; readonly item: Item } | undefined {
    return this.#items[0]
  }

  push(key: number, item: Item): void {
    const items = this.#items
    let at = items.length
    items.push({ key, item })
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#key(parent) <= key) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): Item | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (first === undefined || last === undefined) return undefined
    if (items.length > 0) {
      items[0] = last
      this.#sink()
    }
    return first.item
  }

  #sink(): void {
    for (let at = 0; ; ) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (this.#key(child) < this.#key(least)) least = child
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #key(at: number): number {
    return this.#items[at]?.key ?? Number.POSITIVE_INFINITY
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#items[a], this.#items[b]]
    if (first === undefined || second === undefined) return
    this.#items[a] = second
    this.#items[b] = first
  }
}
