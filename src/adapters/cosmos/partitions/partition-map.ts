import { containsHash, type HashInterval } from '../../../core/hash-interval.ts'

/** A physical partition of a container: a partition-key range, as the service calls it. */
export type Partition = HashInterval & {
  readonly id: string
  /** The partitions that it was made from by splits and merges. */
  readonly parents: readonly string[]
}

/** The physical partitions of a container as they were seen last; empty of knowledge until they are read. */
export class PartitionMap {
  #known: readonly Partition[] | undefined
  #byId: ReadonlyMap<string, Partition> = new Map()
  /** The resource id of some partition that was read last; it begins with the container's. */
  rid: string | undefined

  get known(): readonly Partition[] | undefined {
    return this.#known
  }

  /** Takes what was read, or undefined when what was known proved wrong. */
  set known(partitions: readonly Partition[] | undefined) {
    this.#known = partitions
    this.#byId = new Map(partitions?.map((partition) => [partition.id, partition]))
  }

  byId(id: string): Partition | undefined {
    return this.#byId.get(id)
  }

  /** What a partition is by now, as far as is known: itself, or those that it was split or merged into. */
  heirsOf(id: string): readonly string[] {
    if (this.#known === undefined || this.#byId.has(id)) return [id]
    return this.#known.filter(({ parents }) => parents.includes(id)).map((partition) => partition.id)
  }

  /** The partition in which a hash lies. */
  at(hash: string): Partition | undefined {
    return this.#known?.find((partition) => containsHash(partition, hash))
  }
}
