import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Operation } from '../client/operation.ts'
import type { PartitionQueries } from '../partitions/partition-queries.ts'

/** Which of these streams were ended, whether they are erased yet or not. */
export async function deletedAmong(
  operation: Operation,
  queries: PartitionQueries,
  streams: readonly string[],
): Promise<ReadonlySet<string>> {
  if (streams.length === 0) return new Set()
  const endedAmong = (ids: readonly string[]) => ({
    query: 'SELECT VALUE c.stream.id FROM c WHERE c.eventType = @tombstone AND ARRAY_CONTAINS(@streams, c.stream.id)',
    parameters: [
      { name: '@tombstone', value: TOMBSTONE },
      { name: '@streams', value: [...ids] },
    ],
  })
  return new Set(await queries.about<string>(operation, streams, endedAmong))
}
