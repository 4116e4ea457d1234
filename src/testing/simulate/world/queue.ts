/** A priority queue: a binary heap. */
export type Queue<T> = {
  push(item: T): void
  peek(): T | undefined
  pop(): T | undefined
  /** All items, in no order. */
  items(): readonly T[]
}

/** Creates a queue whose first item is the one that `compare` puts before all others. */
export function createQueue<T>(compare: (a: T, b: T) => number): Queue<T> {
  const heap: T[] = []
  const before = (a: number, b: number) => compare(heap[a] as T, heap[b] as T) < 0

  function swap(a: number, b: number): void {
    const item = heap[a] as T
    heap[a] = heap[b] as T
    heap[b] = item
  }

  return {
    push(item) {
      heap.push(item)
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1
        if (!before(at, parent)) break
        swap(at, parent)
        at = parent
      }
    },
    peek: () => heap[0],
    pop() {
      const first = heap[0]
      const last = heap.pop()
      if (heap.length === 0 || last === undefined) return first
      heap[0] = last
      for (let at = 0; ; ) {
        let least = at
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < heap.length && before(child, least)) least = child
        if (least === at) return first
        swap(at, least)
        at = least
      }
    },
    items: () => heap,
  }
}
