import type { Container } from '../engine/container.ts'
import type { StoredDocument } from '../engine/documents/stored-document.ts'
import { badRequest } from '../engine/errors.ts'
import { isWithin, type KeyInterval, overlap, WHOLE } from '../engine/key-space/key-space.ts'
import { parsePartitionKey } from '../engine/key-space/partition-key.ts'
import type { Partition } from '../engine/partitions/partition.ts'
import type { PartitionView } from '../engine/partitions/partition-view.ts'
import type { LogicalPartition } from '../engine/partitions/transaction.ts'
import { CosmosError } from '../engine/types.ts'
import type { CosmosRequest } from './message.ts'

const SUBSTATUS_RANGE_GONE = 1002

/** A part of one physical partition. */
export type Target = {
  readonly partition: Partition
  /** The documents that are meant, in the order of their creation. */
  documents(view: PartitionView): Iterable<StoredDocument>
  /** Whether a document of the partition is meant. */
  includes(document: StoredDocument): boolean
}

/**
 * The partition key that a request is about.
 *
 * @throws CosmosError 400 when it says none
 */
export function requiredKey(container: Container, { headers }: CosmosRequest): LogicalPartition {
  const header = headers['x-ms-documentdb-partitionkey']
  if (header === undefined) {
    throw badRequest('PartitionKey value must be supplied for this operation.')
  }
  return container.locate(parsePartitionKey(header))
}

/**
 * The part of a container that a request narrows itself to, by partition key, by the id of a partition key range, and
 * by an interval of keys; `undefined` when it means the whole container.
 *
 * @throws CosmosError 400 an interval that lies in no single partition, 410/1002 a range that is no more
 */
export function targetOf(container: Container, { headers }: CosmosRequest): Target | undefined {
  const key = headers['x-ms-documentdb-partitionkey']
  if (key !== undefined) return ofKey(container.locate(parsePartitionKey(key)))
  const id = headers['x-ms-documentdb-partitionkeyrangeid']
  const start = headers['x-ms-start-epk']
  const end = headers['x-ms-end-epk']
  const interval =
    start === undefined && end === undefined ? undefined : { min: start ?? WHOLE.min, max: end ?? WHOLE.max }
  if (id !== undefined) return ofInterval(existing(container, id), interval)
  if (interval === undefined) return undefined
  const [partition, ...more] = container.topology.within(interval)
  if (partition === undefined || more.length > 0) {
    throw badRequest(`[${interval.min}, ${interval.max}) spans several partitions.`)
  }
  return ofInterval(partition, interval)
}

/** The documents of a partition whose keys lie in an interval, or all of them. */
export function ofInterval(partition: Partition, interval: KeyInterval | undefined): Target {
  if (interval === undefined) {
    return { partition, documents: (view) => view.documents(), includes: () => true }
  }
  if (!overlap(partition.interval, interval)) throw gone(partition.id)
  const includes = ({ place }: StoredDocument) => isWithin(place, interval)
  return { partition, includes, documents: (view) => Iterator.from(view.documents()).filter(includes) }
}

function ofKey({ partition, key }: LogicalPartition): Target {
  return {
    partition,
    documents: (view) => view.documentsOf(key),
    includes: (document) => document.key === key,
  }
}

function existing(container: Container, id: string): Partition {
  const partition = container.topology.get(id)
  if (partition === undefined) throw gone(id)
  return partition
}

/** The error for a partition key range that was split or merged. */
export function gone(id: string): CosmosError {
  return new CosmosError(410, 'Gone', `The requested partition key range ${id} is gone.`, SUBSTATUS_RANGE_GONE)
}
