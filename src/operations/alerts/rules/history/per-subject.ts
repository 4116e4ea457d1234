import type { Subject } from '../../../model/alert.ts'

/** What a rule remembers of each of its subjects, for as long as they exist. */
export type PerSubject<Memory> = {
  /** Calls back for each item with the memory of its subject, and forgets the subjects that are gone. */
  each<Item, Result>(
    items: readonly Item[],
    subjectOf: (item: Item) => Subject,
    use: (item: Item, memory: Memory) => Result,
  ): Result[]
  /** Forgets everything: what happened meanwhile was not observed. */
  forget(): void
}

/** @param create makes the memory of a subject that is new */
export function createPerSubject<Memory>(create: () => Memory): PerSubject<Memory> {
  let memories = new Map<string, Memory>()
  return {
    each(items, subjectOf, use) {
      const before = memories
      memories = new Map()
      return items.map((item) => {
        const { id } = subjectOf(item)
        const memory = memories.get(id) ?? before.get(id) ?? create()
        memories.set(id, memory)
        return use(item, memory)
      })
    },
    forget() {
      memories = new Map()
    },
  }
}
