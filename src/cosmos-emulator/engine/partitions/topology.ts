import { badRequest } from '../errors.ts'
import { evenIntervals, isWithin, type KeyInterval, type KeySpace, overlap } from '../key-space/key-space.ts'
import { CosmosError } from '../types.ts'
import { Partition } from './partition.ts'

/** The physical partitions of a container, which together cover the key space. Ids are never used again. */
export class Topology {
  readonly #space: KeySpace
  #partitions: readonly Partition[]
  #nextId: number
  #version = 1

  /** @param count how many partitions to begin with, of nearly the same size */
  constructor(space: KeySpace, count: number) {
    this.#space = space
    this.#partitions = evenIntervals(space, count).map((interval, i) => new Partition(`${i}`, interval, [], 0))
    this.#nextId = count
  }

  /** In the order of their intervals. */
  get partitions(): readonly Partition[] {
    return this.#partitions
  }

  /** Changes with every split and merge. */
  get version(): number {
    return this.#version
  }

  /** The partition with this id, or `undefined` when it never was or is no more. */
  get(id: string): Partition | undefined {
    return this.#partitions.find((partition) => partition.id === id)
  }

  /** The partition in whose interval a key lies. */
  at(place: string): Partition {
    const partition = this.#partitions.find(({ interval }) => isWithin(place, interval))
    if (partition === undefined) throw new CosmosError(500, 'InternalServerError', `No partition has the key ${place}.`)
    return partition
  }

  /** The partitions that have keys within an interval. */
  within(interval: KeyInterval): Partition[] {
    return this.#partitions.filter((partition) => overlap(partition.interval, interval))
  }

  /**
   * Splits a partition in two.
   *
   * @param at where its second half begins; by default in the middle of its interval
   * @returns the ids of the two
   * @throws CosmosError 400 when there is no such partition, or `at` does not lie within it
   */
  split(id: string, at?: string): [string, string] {
    const partition = this.#existing(id)
    const { min, max } = partition.interval
    const cut = at ?? this.#space.middleOf(partition.interval)
    if (cut <= min || cut >= max) throw badRequest(`${cut} does not lie in [${min}, ${max}).`)
    const ids: [string, string] = [this.#newId(), this.#newId()]
    const children = partition.split([
      { id: ids[0], interval: { min, max: cut } },
      { id: ids[1], interval: { min: cut, max } },
    ])
    this.#replace([partition], children)
    return ids
  }

  /**
   * Merges two neighbours.
   *
   * @returns the id of the merged partition
   * @throws CosmosError 400 when there are no such partitions, or they are no neighbours
   */
  merge(a: string, b: string): string {
    const pair = [this.#existing(a), this.#existing(b)].sort(byInterval)
    const [left, right] = pair
    if (left === undefined || right === undefined || left.interval.max !== right.interval.min) {
      throw badRequest(`The partitions ${a} and ${b} are no neighbours.`)
    }
    const merged = Partition.merge(this.#newId(), left, right)
    this.#replace(pair, [merged])
    return merged.id
  }

  /** Loses what a partition committed after an LSN. @throws CosmosError 400 when there is no such partition */
  lose(id: string, lsn: number): void {
    this.#existing(id).lose(lsn)
  }

  #existing(id: string): Partition {
    const partition = this.get(id)
    if (partition === undefined) throw badRequest(`There is no partition ${id}.`)
    return partition
  }

  #newId(): string {
    return `${this.#nextId++}`
  }

  #replace(gone: readonly Partition[], come: readonly Partition[]): void {
    const kept = this.#partitions.filter((partition) => !gone.includes(partition))
    this.#partitions = [...kept, ...come].sort(byInterval)
    this.#version++
  }
}

function byInterval(a: Partition, b: Partition): number {
  return a.interval.min < b.interval.min ? -1 : 1
}
