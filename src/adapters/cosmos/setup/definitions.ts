import {
  type ContainerDefinition,
  type IndexingPolicy,
  PartitionKeyDefinitionVersion,
  PartitionKeyKind,
} from '@azure/cosmos'
import { ForeignStorage, StorageNotSetUp, UnsupportedStorage } from '../../../core/errors/storage.ts'
import type { ContainerName } from '../containers.ts'

const PARTITION_KEYS: { readonly [Name in ContainerName]: string } = {
  events: '/stream/id',
  views: '/id',
  leases: '/id',
  snapshots: '/id',
}

// The order of `EventLog.query`.
const QUERY_ORDER = ['/metadata/recordedAt', '/stream/id', '/stream/version']

const INDEXED: { readonly [Name in ContainerName]: readonly string[] } = {
  events: ['/stream/id/?', '/stream/version/?', '/eventType/?', '/metadata/eventId/?', '/metadata/recordedAt/?'],
  // Readers ask for whatever field of the data they like.
  views: ['/projection/?', '/version/?', '/key/?', '/data/*'],
  leases: ['/projection/?', '/version/?'],
  snapshots: [],
}

/** What a container is created as: only what is queried is indexed, and nothing expires. */
export function definitionOf(name: ContainerName, id: string): ContainerDefinition {
  return {
    id,
    partitionKey: {
      paths: [PARTITION_KEYS[name]],
      kind: PartitionKeyKind.Hash,
      version: PartitionKeyDefinitionVersion.V2,
    },
    indexingPolicy: {
      indexingMode: 'consistent',
      automatic: true,
      includedPaths: INDEXED[name].map((path) => ({ path })),
      excludedPaths: [{ path: '/*' }],
      ...(name === 'events' && { compositeIndexes: [queryIndex()] }),
    },
  }
}

/**
 * Checks what no setup can change about a container.
 *
 * @throws ForeignStorage where its partition key is another one, UnsupportedStorage where its events expire
 */
export function assertContainer(name: ContainerName, { id, partitionKey, defaultTtl }: ContainerDefinition): void {
  const path = PARTITION_KEYS[name]
  if (partitionKey?.paths.length !== 1 || partitionKey.paths[0] !== path) {
    throw new ForeignStorage(`Container ${id} is partitioned by ${partitionKey?.paths.join()}, not by ${path}`)
  }
  // A definition without a version is of version 1.
  if (partitionKey.version !== PartitionKeyDefinitionVersion.V2) {
    throw new ForeignStorage(`Container ${id} hashes partition keys by version 1; copy it into a new container`)
  }
  if (defaultTtl !== undefined && defaultTtl > 0) {
    throw new UnsupportedStorage(`Documents of container ${id} expire after ${defaultTtl} s`)
  }
}

/** Checks what a setup adds to a container that others created. @throws StorageNotSetUp */
export function assertIndexed(name: ContainerName, { id, indexingPolicy }: ContainerDefinition): void {
  if (name === 'events' && !isIndexed(indexingPolicy)) {
    throw new StorageNotSetUp(`Container ${id} lacks the index that queries across streams need`)
  }
}

/** The policy with what queries need besides, or undefined where it has that. */
export function withQueryIndex(policy: IndexingPolicy | undefined): IndexingPolicy | undefined {
  if (isIndexed(policy)) return undefined
  return { ...policy, compositeIndexes: [...(policy?.compositeIndexes ?? []), queryIndex()] }
}

const queryIndex = () => QUERY_ORDER.map((path) => ({ path, order: 'ascending' as const }))

const isIndexed = (policy: IndexingPolicy | undefined): boolean =>
  !!policy?.compositeIndexes?.some(
    (composite) =>
      composite.length === QUERY_ORDER.length &&
      composite.every(({ path, order }, i) => path === QUERY_ORDER[i] && order !== 'descending'),
  )
