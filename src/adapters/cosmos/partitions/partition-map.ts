import { containsHash, type HashInterval } from '../../../core/positions/hash-interval.ts'

/** A physical partition of a container: a partition-key range, as the service calls it. */
export type Partition = HashInterval & {
  readonly id: string
  /** The partitions from which it was created by splits and merges. */
  readonly parents: readonly string[]
}

/** The physical partitions of a container as they were last read. */
export class PartitionMap {
  #known: readonly Partition[] | undefined
  #byId: ReadonlyMap<string, Partition> = new Map()
  #parents: ReadonlySet<string> = new Set()
  /** The resource id of a partition that was last read; it begins with the container's. */
  rid: string | undefined

  /** In the order of the hashes; undefined until they are read, and again when they turned out to be outdated. */
  get known(): readonly Partition[] | undefined {
    return this.#known
  }

  set known(partitions: readonly Partition[] | undefined) {
    this.#known = partitions?.toSorted((a, b) => (a.min < b.min ? -1 : 1))
    this.#byId = new Map(partitions?.map((partition) => [partition.id, partition]))
    this.#parents = new Set(partitions?.flatMap(({ parents }) => parents))
  }

  byId(id: string): Partition | undefined {
    return this.#byId.get(id)
  }

  /** Whether a partition exists, or is an ancestor of one that does. */
  has(id: string): boolean {
    return this.#byId.has(id) || this.#parents.has(id)
  }

  /** The current form of a partition, as far as it is known: itself, or those that it was split or merged into. */
  heirsOf(id: string): readonly string[] {
    if (this.#known === undefined || this.#byId.has(id)) return [id]
    return this.#known.filter(({ parents }) => parents.includes(id)).map((partition) => partition.id)
  }

  /** The partition that contains a hash. */
  at(hash: string): Partition | undefined {
    const partitions = this.#known ?? []
    let [low, high] = [0, partitions.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((partitions[middle] as Partition).max <= hash) low = middle + 1
      else high = middle
    }
    const found = partitions[low]
    return found && containsHash(found, hash) ? found : undefined
  }
}
