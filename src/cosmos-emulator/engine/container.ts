import { type ContainerDefinition, definitionOf } from './container-definition.ts'
import { expiryOf } from './documents/expiry.ts'
import type { Stamps } from './documents/stamps.ts'
import type { Change } from './documents/stored-document.ts'
import type { UniqueKeyPolicy } from './documents/unique-keys.ts'
import { badRequest } from './errors.ts'
import { progressOf, type Transformation } from './indexing.ts'
import type { IndexingPolicy } from './indexing-policy.ts'
import type { KeySpace } from './key-space/key-space.ts'
import { KEY_SPACE_V1 } from './key-space/key-space-v1.ts'
import { KEY_SPACE_V2 } from './key-space/key-space-v2.ts'
import { type PartitionKeyDefinition, type PartitionKeyValue, partitionKeyText } from './key-space/partition-key.ts'
import { Topology } from './partitions/topology.ts'
import { beginTransaction, type LogicalPartition } from './partitions/transaction.ts'
import { type ResourceFields, resourceFields } from './resource.ts'
import { childRid } from './resource-ids.ts'
import { ScriptStore } from './scripts.ts'
import type { Item, ItemBody, PartitionTransaction } from './types.ts'

/** What a transaction answered and did. */
export type Committed<Result> = {
  readonly result: Result
  readonly changes: readonly Change[]
}

/** How containers of an account behave. */
export type ContainerBehaviour = {
  /** How many transactions a partition keeps for reads of an older state. */
  readonly kept: () => number
  /** Milliseconds until a changed indexing policy is in effect for the documents that are there; 0 by default. */
  readonly indexingMs?: number
  /** How many bytes the documents of one partition key may have together; 20 GB by default. */
  readonly maxPartitionBytes?: number
  /** Whether a transaction that writes nothing takes an LSN, too; it does not by default. */
  readonly lsnsOfReads?: boolean
}

/** @see https://learn.microsoft.com/azure/cosmos-db/concepts-limits#provisioned-throughput */
const MAX_PARTITION_BYTES = 20 * 1024 ** 3

/** A container: documents in physical partitions, and stored procedures. */
export class Container {
  readonly rid: string
  readonly databaseRid: string
  readonly databaseId: string
  readonly scripts: ScriptStore
  /** Its physical partitions. */
  readonly topology: Topology
  readonly #space: KeySpace
  readonly #stamps: Stamps
  readonly #behaviour: ContainerBehaviour
  #transformation: Transformation | undefined
  #fields: ResourceFields
  #definition: ContainerDefinition
  #documents = 0

  constructor(
    owner: { readonly id: string; readonly rid: string },
    rid: string,
    definition: ContainerDefinition,
    partitions: number,
    stamps: Stamps,
    behaviour: ContainerBehaviour,
  ) {
    this.rid = rid
    this.databaseRid = owner.rid
    this.databaseId = owner.id
    this.#definition = definition
    this.#stamps = stamps
    this.#behaviour = behaviour
    this.#fields = resourceFields(rid, `dbs/${owner.rid}/colls/${rid}/`, stamps)
    this.#space = definition.partitionKey.version === 1 ? KEY_SPACE_V1 : KEY_SPACE_V2
    this.topology = new Topology(this.#space, partitions)
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

  get indexingPolicy(): IndexingPolicy {
    return this.#definition.indexingPolicy
  }

  get maxPartitionBytes(): number {
    return this.#behaviour.maxPartitionBytes ?? MAX_PARTITION_BYTES
  }

  /** How far the index follows the indexing policy, in per cent. */
  get indexingProgress(): number {
    return progressOf(this.#transformation, this.#stamps.nowMs())
  }

  /** The policy that the index still follows, while it is made to follow another one. */
  get formerIndexingPolicy(): IndexingPolicy | undefined {
    return this.indexingProgress === 100 ? undefined : this.#transformation?.from
  }

  get self(): string {
    return this.#fields._self
  }

  get etag(): string {
    return this.#fields._etag
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
        throw badRequest(`The ${fixed} of a container cannot be changed.`)
      }
    }
    if (JSON.stringify(definition.indexingPolicy) !== JSON.stringify(this.indexingPolicy)) this.#reindex()
    this.#definition = definition
    this.#fields = resourceFields(this.rid, this.self, this.#stamps)
  }

  #reindex(): void {
    const isEmpty = this.topology.partitions.every((partition) => partition.isEmpty)
    const from = this.formerIndexingPolicy ?? this.indexingPolicy
    const transformation = { from, begun: this.#stamps.nowMs(), duration: this.#behaviour.indexingMs ?? 0 }
    this.#transformation = isEmpty || transformation.duration === 0 ? undefined : transformation
  }

  /** Where the documents of a partition key are. */
  locate(value: PartitionKeyValue): LogicalPartition {
    const place = this.#space.placeOf(value)
    return { key: partitionKeyText(value), place, partition: this.topology.at(place) }
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
    const { transaction, changes } = beginTransaction(this, at)
    const result = run(transaction)
    const isCommitted = commits(result)
    const changed = isCommitted ? changes() : []
    if (changed.length > 0 || (isCommitted && this.#behaviour.lsnsOfReads))
      at.partition.commit(changed, this.#behaviour.kept())
    return { result, changes: changed }
  }

  /** Deletes the documents whose time is over. */
  expire(): void {
    const { defaultTtl } = this.#definition
    if (defaultTtl === undefined) return
    const now = this.#stamps.now()
    for (const partition of this.topology.partitions) {
      const over = [...partition.documents()].filter(({ item }) => (expiryOf(item, defaultTtl) ?? Infinity) <= now)
      const removals = over.map((before) => ({ before, after: undefined }))
      if (removals.length > 0) partition.commit(removals, this.#behaviour.kept())
    }
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
}
