import { checkedName } from './documents/document-rules.ts'
import type { UniqueKeyPolicy } from './documents/unique-keys.ts'
import { badRequest, notEmulated } from './errors.ts'
import { type IndexingPolicy, indexingPolicyOf } from './indexing-policy.ts'
import type { PartitionKeyDefinition } from './key-space/partition-key.ts'
import type { CosmosError } from './types.ts'

/** The definition of a container from a client. */
export type ContainerDefinition = {
  readonly id: string
  readonly partitionKey: PartitionKeyDefinition
  readonly indexingPolicy: IndexingPolicy
  readonly geospatialConfig: unknown
  readonly uniqueKeyPolicy?: UniqueKeyPolicy
  /** Seconds; -1: documents live forever unless they set a `ttl`; without it, none expires. */
  readonly defaultTtl?: number
  readonly [field: string]: unknown
}

const SERVER_FIELDS = new Set(['_rid', '_self', '_etag', '_ts', '_docs', '_sprocs', '_triggers', '_udfs', '_conflicts'])

/**
 * Parses the definition of a container, with the service's defaults for missing members. Anything that would change
 * results and is not emulated is refused instead of ignored.
 *
 * @throws CosmosError 400; 501 for what is not emulated
 */
export function definitionOf(sent: unknown): ContainerDefinition {
  if (typeof sent !== 'object' || sent === null) throw invalid('The body of a container must be an object.')
  const { id, partitionKey, indexingPolicy, uniqueKeyPolicy, defaultTtl, ...rest } = sent as {
    [field: string]: unknown
  }
  if (isFull(rest.computedProperties)) throw notEmulated('Computed properties are')
  const kept = Object.fromEntries(Object.entries(rest).filter(([name]) => !SERVER_FIELDS.has(name)))
  return {
    ...kept,
    id: checkedName(id),
    partitionKey: partitionKeyDefinition(partitionKey),
    indexingPolicy: indexingPolicyOf(indexingPolicy),
    geospatialConfig: rest.geospatialConfig ?? { type: 'Geography' },
    ...(uniqueKeyPolicy !== undefined &&
      uniqueKeyPolicy !== null && { uniqueKeyPolicy: checkedUniqueKeys(uniqueKeyPolicy) }),
    ...(defaultTtl !== undefined && defaultTtl !== null && { defaultTtl: checkedTtl(defaultTtl) }),
  }
}

function isFull(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}

function partitionKeyDefinition(sent: unknown): PartitionKeyDefinition {
  const { paths, kind = 'Hash', version = 1 } = (sent ?? {}) as { paths?: unknown; kind?: unknown; version?: unknown }
  const [path, ...more] = Array.isArray(paths) ? paths : []
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw invalid('The partition key definition has no valid path.')
  if (more.length > 0 || kind !== 'Hash') {
    throw notEmulated('A partition key of several paths is')
  }
  if (version !== 1 && version !== 2) throw invalid('The version of a partition key must be 1 or 2.')
  return { paths: [path], kind: 'Hash', version }
}

function checkedUniqueKeys(sent: unknown): UniqueKeyPolicy {
  const { uniqueKeys = [] } = sent as { uniqueKeys?: unknown }
  const isKey = (key: unknown) =>
    Array.isArray((key as { paths?: unknown } | null)?.paths) &&
    (key as { paths: unknown[] }).paths.every((path) => typeof path === 'string' && path.startsWith('/'))
  if (!Array.isArray(uniqueKeys) || !uniqueKeys.every(isKey)) throw invalid('The unique key policy is invalid.')
  return { uniqueKeys }
}

function checkedTtl(sent: unknown): number {
  if (!Number.isInteger(sent) || (sent !== -1 && Number(sent) <= 0)) throw invalid('defaultTtl must be -1 or above 0.')
  return Number(sent)
}

function invalid(message: string): CosmosError {
  return badRequest(message)
}
