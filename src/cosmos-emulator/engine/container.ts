import { type ContainerDefinition, definitionOf } from './container-definition.ts'
import { expiryOf } from './expiry.ts'
import { evenIntervals, isWithin, type KeyInterval, middleOf, overlap } from './key-space.ts'
import { Partition } from './partition.ts'
import {
  effectivePartitionKey,
  type PartitionKeyDefinition,
  type PartitionKeyValue,
  partitionKeyText,
} from './partition-key.ts'
import { type ResourceFields, resourceFields } from './resource.ts'
import { childRid } from './resource-ids.ts'
import { ScriptStore } from './scripts.ts'
import type { Stamps } from './stamps.ts'
import type { Change } from './stored-document.ts'
import { beginTransaction, type LogicalPartition } from './transaction.ts'
import { CosmosError, type Item, type ItemBody, type JsonValue, type PartitionTransaction } from './types.ts'
import type { UniqueKeyPolicy } from './unique-keys.ts'

/** What a transaction answered and did. */
export type Committed<Result> = {
  readonly result: Result
  readonly changes: readonly Change[]
  /** How often it looked up a document. */
  readonly lookUps: number
  /** How often it went through all documents. */
  readonly scans: number
}

/** How many transactions a partition keeps for reads of an older state. */
export type Kept = () => number

/** A container: documents in physical partitions, and stored procedures. */
export class Container {
  readonly rid: string
  readonly databaseRid: string
  readonly databaseId: string
  readonly scripts: ScriptStore
  readonly #stamps: Stamps
  readonly #kept: Kept
  #fields: ResourceFields
  #definition: ContainerDefinition
  #partitions: readonly Partition[]
  #nextPartition: number
  #documents = 0
  /** Grows with each split and merge. */
  #topology = 1

  constructor(
    owner: { readonly id: string; readonly rid: string },
    rid: string,
    definition: ContainerDefinition,
    partitions: number,
    stamps: Stamps,
    kept: Kept,
  ) {
    this.rid = rid
    this.databaseRid = owner.rid
    this.databaseId = owner.id
    this.#definition = definition
    this.#stamps = stamps
    this.#kept = kept
    this.#fields = resourceFields(rid, `dbs/${owner.rid}/colls/${rid}/`, stamps)
    this.#partitions = evenIntervals(partitions).map((interval, i) => new Partition(`${i}`, interval, [], 0))
    this.#nextPartition = partitions
    this.scripts = new ScriptStore(rid, this.#fields._self, stamps)
  }

  get id(): string {
    return this.#definition.id
  }

  get partitionKey(): PartitionKeyDefinition {
    return this.#definition.partitionKey
  }

  get uniqueKeys(): UniqueKeyPolicy | undefined {
    return this.#definition.uniqueKeyPolicy
  }

  get indexingPolicy(): JsonValue {
    return this.#definition.indexingPolicy
  }

  get self(): string {
    return this.#fields._self
  }

  get etag(): string {
    return this.#fields._etag
  }

  /** The physical partitions in the order of their intervals. */
  get partitions(): readonly Partition[] {
    return this.#partitions
  }

  /** A number that changes with every split and merge. */
  get topology(): number {
    return this.#topology
  }

  /** The resource as a client reads it. */
  resource(): ContainerDefinition & ResourceFields {
    return { ...this.#definition, ...this.#fields }
  }

  /**
   * Changes what may be changed: indexing policy and time to live.
   *
   * @throws CosmosError 400 when the partition key, the unique keys or the id differ
   */
  replace(sent: unknown): void {
    const definition = definitionOf(sent)
    for (const fixed of ['id', 'partitionKey', 'uniqueKeyPolicy'] as const) {
      if (JSON.stringify(definition[fixed]) !== JSON.stringify(this.#definition[fixed])) {
        throw new CosmosError(400, 'BadRequest', `The ${fixed} of a container cannot be changed.`)
      }
    }
    this.#definition = definition
    this.#fields = resourceFields(this.rid, this.self, this.#stamps)
  }

  /** The partition with this id, or `undefined` when it never was or is no more. */
  partition(id: string): Partition | undefined {
    return this.#partitions.find((partition) => partition.id === id)
  }

  /** Where the documents of a partition key are. */
  locate(value: PartitionKeyValue): LogicalPartition {
    const place = effectivePartitionKey(value)
    const partition = this.#partitions.find(({ interval }) => isWithin(place, interval))
    if (partition === undefined) throw new CosmosError(500, 'InternalServerError', `No partition has the key ${place}.`)
    return { key: partitionKeyText(value), place, partition }
  }

  /** The partitions that have keys within an interval. */
  partitionsIn(interval: KeyInterval): Partition[] {
    return this.#partitions.filter((partition) => overlap(partition.interval, interval))
  }

  /**
   * Runs a transaction in one partition key and commits it as one LSN; nothing is committed when `run` throws.
   *
   * @param commits whether what was answered is to be committed
   * @throws CosmosError whatever `run` throws
   */
  transact<Result>(
    at: LogicalPartition,
    run: (transaction: PartitionTransaction) => Result,
    commits: (result: Result) => boolean = () => true,
  ): Committed<Result> {
    const { transaction, changes, reads } = beginTransaction(this, at)
    const result = run(transaction)
    const changed = commits(result) ? changes() : []
    if (changed.length > 0) at.partition.commit(changed, this.#kept())
    return { result, changes: changed, ...reads() }
  }

  /** Deletes the documents whose time is over. */
  expire(): void {
    const { defaultTtl } = this.#definition
    if (defaultTtl === undefined) return
    const now = this.#stamps.now()
    for (const partition of this.#partitions) {
      const over = [...partition.documents()].filter(({ item }) => (expiryOf(item, defaultTtl) ?? Infinity) <= now)
      if (over.length > 0)
        partition.commit(
          over.map((before) => ({ before, after: undefined })),
          this.#kept(),
        )
    }
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
    const cut = at ?? middleOf(partition.interval)
    if (cut <= min || cut >= max)
      throw new CosmosError(400, 'BadRequest', `${cut} does not lie within [${min}, ${max}).`)
    const ids: [string, string] = [this.#newPartitionId(), this.#newPartitionId()]
    const children = partition.split([
      { id: ids[0], interval: { min, max: cut } },
      { id: ids[1], interval: { min: cut, max } },
    ])
    this.#replacePartitions([partition], children)
    return ids
  }

  /**
   * Merges two neighbours.
   *
   * @returns the id of the merged partition
   * @throws CosmosError 400 when there are no such partitions, or they are no neighbours
   */
  merge(a: string, b: string): string {
    const pair = [this.#existing(a), this.#existing(b)].sort((x, y) => (x.interval.min < y.interval.min ? -1 : 1))
    const [left, right] = pair
    if (left === undefined || right === undefined || left.interval.max !== right.interval.min) {
      throw new CosmosError(400, 'BadRequest', `The partitions ${a} and ${b} are no neighbours.`)
    }
    const merged = Partition.merge(this.#newPartitionId(), left, right)
    this.#replacePartitions(pair, [merged])
    return merged.id
  }

  /** A number for a new document. */
  nextNumber(): number {
    return ++this.#documents
  }

  /** A document with the fields that the server sets. */
  stamp(body: ItemBody, number: number): Item {
    const rid = childRid(this.rid, 'docs', number)
    const { _rid, _self, _etag, _ts } = resourceFields(rid, `${this.self}docs/${rid}/`, this.#stamps)
    return { ...body, _rid, _self, _etag, _attachments: 'attachments/', _ts }
  }

  /** Whether these are the segments of a link to this container, by ids or by resource ids. */
  isLink([dbs, database, colls, container, ...rest]: readonly string[]): boolean {
    return (
      dbs === 'dbs' &&
      colls === 'colls' &&
      rest.length === 0 &&
      (database === this.databaseId || database === this.databaseRid) &&
      (container === this.id || container === this.rid)
    )
  }

  #existing(id: string): Partition {
    const partition = this.partition(id)
    if (partition === undefined) throw new CosmosError(400, 'BadRequest', `There is no partition ${id}.`)
    return partition
  }

  #newPartitionId(): string {
    return `${this.#nextPartition++}`
  }

  #replacePartitions(gone: readonly Partition[], come: readonly Partition[]): void {
    this.#partitions = [...this.#partitions.filter((partition) => !gone.includes(partition)), ...come].sort((a, b) =>
      a.interval.min < b.interval.min ? -1 : 1,
    )
    this.#topology++
  }
}
