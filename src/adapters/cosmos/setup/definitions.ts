import type {
  ContainerDefinition,
  IndexingPolicy,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
} from '@azure/cosmos'
import { ForeignStorage, StorageNotSetUp, UnsupportedStorage } from '../../../core/errors/storage.ts'
import type { ContainerName } from './containers.ts'

const PARTITION_KEYS: { readonly [Name in ContainerName]: string } = {
  events: '/stream/id',
  views: '/id',
  leases: '/id',
  snapshots: '/id',
}

// The SDK's own constants for these are those of the copy that is imported here, which need not be the client's.
const HASH = 'Hash' as PartitionKeyKind
const VERSION_2: PartitionKeyDefinitionVersion = 2

// The order of `EventLog.query`, and that of the versions of one stream.
const ORDERS: readonly (readonly string[])[] = [
  ['/metadata/recordedAt', '/stream/id', '/stream/version'],
  ['/stream/id', '/stream/version'],
]

const INDEXED: { readonly [Name in ContainerName]: readonly string[] } = {
  events: ['/stream/id/?', '/stream/version/?', '/eventType/?', '/metadata/eventId/?', '/metadata/recordedAt/?'],
  // Readers may query by any field of the data.
  views: ['/projection/?', '/version/?', '/key/?', '/data/*'],
  leases: ['/projection/?', '/version/?'],
  snapshots: [],
}

/** The definition with which a container is created: only what is queried is indexed, and nothing expires. */
export function definitionOf(name: ContainerName, id: string): ContainerDefinition {
  return {
    id,
    partitionKey: {
      paths: [PARTITION_KEYS[name]],
      kind: HASH,
      version: VERSION_2,
    },
    indexingPolicy: {
      indexingMode: 'consistent',
      automatic: true,
      includedPaths: INDEXED[name].map((path) => ({ path })),
      excludedPaths: [{ path: '/*' }],
      ...(name === 'events' && { compositeIndexes: ORDERS.map(indexOf) }),
    },
  }
}

/**
 * Checks the properties of a container that no setup can change.
 *
 * @throws ForeignStorage if it has a different partition key, UnsupportedStorage if its events expire
 */
export function assertContainer(name: ContainerName, { id, partitionKey, defaultTtl }: ContainerDefinition): void {
  const path = PARTITION_KEYS[name]
  if (partitionKey?.paths.length !== 1 || partitionKey.paths[0] !== path) {
    throw new ForeignStorage(`Container ${id} is partitioned by ${partitionKey?.paths.join()}, not by ${path}`)
  }
  // A definition without a version has version 1.
  if (partitionKey.version !== VERSION_2) {
    throw new ForeignStorage(`Container ${id} hashes partition keys by version 1; copy it into a new container`)
  }
  if (defaultTtl !== undefined && defaultTtl > 0) {
    throw new UnsupportedStorage(`Documents of container ${id} expire after ${defaultTtl} s`)
  }
}

/**
 * Checks what a setup adds to a container that another program, or an older release, created.
 *
 * @param indexed how far the index is built, in percent
 * @throws StorageNotSetUp
 */
export function assertIndexed({ id, indexingPolicy }: ContainerDefinition, indexed: number): void {
  if (withIndexes(indexingPolicy) !== undefined) {
    throw new StorageNotSetUp(`Container ${id} lacks an index that reads and queries need`)
  }
  if (indexed < 100) {
    throw new StorageNotSetUp(`An index that reads and queries need is being built in container ${id}: ${indexed} %`)
  }
}

/** The policy with the missing indexes, or undefined if none is missing. */
export function withIndexes(policy: IndexingPolicy | undefined): IndexingPolicy | undefined {
  const compositeIndexes = policy?.compositeIndexes ?? []
  const missing = ORDERS.filter((paths) => !compositeIndexes.some((index) => isIndexOf(index, paths)))
  return missing.length === 0
    ? undefined
    : { ...policy, compositeIndexes: [...compositeIndexes, ...missing.map(indexOf)] }
}

type CompositeIndex = NonNullable<IndexingPolicy['compositeIndexes']>[number]

const indexOf = (paths: readonly string[]): CompositeIndex => paths.map((path) => ({ path, order: 'ascending' }))

const isIndexOf = (index: CompositeIndex, paths: readonly string[]): boolean =>
  index.length === paths.length && index.every(({ path, order }, i) => path === paths[i] && order !== 'descending')
