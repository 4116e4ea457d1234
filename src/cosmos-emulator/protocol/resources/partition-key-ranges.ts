import type { Container } from '../../engine/container.ts'
import type { Partition } from '../../engine/partitions/partition.ts'
import { childRid } from '../../engine/resource-ids.ts'
import { list } from '../lists.ts'
import { containerOf } from '../of-container.ts'
import type { Routes } from '../routes.ts'

/** Physical partitions, which the protocol calls partition key ranges. */
export const partitionKeyRangeRoutes: Routes = {
  'GET dbs/*/colls/*/pkranges'(context, database = '', name = '') {
    const container = containerOf(context, database, name)
    const etag = `"${container.topology.version}"`
    if (context.request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } }
    const ranges = container.topology.partitions.map((partition) => resource(container, partition))
    return { ...list('PartitionKeyRanges', container.rid, ranges), headers: { etag } }
  },
}

function resource(container: Container, { id, interval, parents, lsn }: Partition): object {
  const rid = childRid(container.rid, 'pkranges', Number(id) + 2)
  return {
    id,
    minInclusive: interval.min,
    maxExclusive: interval.max,
    parents,
    ridPrefix: Number(id),
    throughputFraction: 1 / container.topology.partitions.length,
    status: 'online',
    lsn,
    _rid: rid,
    _self: `${container.self}pkranges/${rid}/`,
    _etag: container.etag,
    _ts: container.resource()._ts,
  }
}
