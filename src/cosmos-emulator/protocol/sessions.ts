import type { Container } from '../engine/container.ts'
import { badRequest } from '../engine/errors.ts'
import type { Partition } from '../engine/partitions/partition.ts'
import { type PartitionView, viewOf } from '../engine/partitions/partition-view.ts'
import { CosmosError } from '../engine/types.ts'
import type { Context } from './context.ts'

const SUBSTATUS_SESSION_NOT_AVAILABLE = 1002

/**
 * What a read sees of a partition: no state older than its session token demands.
 *
 * @throws CosmosError 400 a token that is not valid, 404/1002 one that is ahead of the partition
 */
export function read(context: Context, container: Container, partition: Partition): PartitionView {
  const demanded = demandedLsn(context.request.headers, partition)
  const view = viewOf(partition, context.staleness(container.databaseId, container.id, partition.id), demanded)
  context.reply.from(partition, view.lsn)
  if (demanded > partition.lsn) {
    throw new CosmosError(
      404,
      'NotFound',
      'The read session is not available for the input session token.',
      SUBSTATUS_SESSION_NOT_AVAILABLE,
    )
  }
  return view
}

/** The LSN that a token demands of a partition: its own, or the one of a partition that it was made from. */
function demandedLsn(headers: Context['request']['headers'], partition: Partition): number {
  const token = headers['x-ms-session-token']
  const level = headers['x-ms-consistency-level']
  if (token === undefined || level === 'Eventual' || level === 'ConsistentPrefix') return 0
  const line = new Set([partition.id, ...partition.parents])
  const lsns = token.split(',').map((part) => {
    // `<range>:<version>#<lsn>[#<region>=<lsn>…]`, or `<range>:<lsn>` as it was before there were regions. Of a region
    // without an LSN, nothing is known.
    const [, range = '', lsn] = /^(\w+):(?:-?\d+#)?(-1|\d+)(?:#\d+=(?:-1|\d+))*$/.exec(part.trim()) ?? []
    if (lsn === undefined) throw badRequest(`The session token provided '${part}' is invalid.`)
    return line.has(range) ? Number(lsn) : 0
  })
  return Math.max(0, ...lsns)
}
