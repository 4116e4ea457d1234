import type { PartitionKeyRange } from '@azure/cosmos'
import type { OpenContainer } from '../client/open-container.ts'
import type { Operation } from '../client/operation.ts'
import type { Partition } from './partition-map.ts'

// Every resource has a resource id; the SDK's type does not show it here.
type StoredRange = PartitionKeyRange & { readonly _rid?: string }

/** Reads the current physical partitions of a container, and keeps them in its map. */
export async function loadPartitions(operation: Operation, open: OpenContainer): Promise<readonly Partition[]> {
  const { ranges } = await operation.request({
    kind: 'read',
    async send({ abortSignal }) {
      const { resources } = await open.container.readPartitionKeyRanges({ abortSignal }).fetchAll()
      return { ranges: resources as readonly StoredRange[], headers: {} }
    },
  })
  const partitions = ranges.map(({ id, minInclusive, maxExclusive, parents = [] }) => ({
    id,
    min: minInclusive,
    max: maxExclusive,
    parents,
  }))
  open.partitions.known = partitions
  open.partitions.rid = ranges[0]?._rid
  open.sessions.retain()
  return partitions
}

/** The physical partitions of a container as they were last read. */
export const knownPartitions = async (operation: Operation, open: OpenContainer): Promise<readonly Partition[]> =>
  open.partitions.known ?? loadPartitions(operation, open)
