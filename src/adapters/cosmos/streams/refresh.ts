import type { FeedRange } from '../../../core/port/change-feed.ts'
import { batch } from '../client/batch.ts'
import { refusalOf } from '../client/failures/errors.ts'
import type { Operation } from '../client/operation.ts'
import type { StoredEvent } from '../documents.ts'
import type { Handle } from '../handle.ts'
import { keyWithin } from '../partitions/key-in-interval.ts'

type Containers = Pick<Handle, 'containers'>

/**
 * Reads an event from the primary replica of its stream, or of the partition that the stream would be in, and makes the
 * session as recent as now. Replicas that serve reads may be as old as the session allows, and another handle's writes
 * are not part of it: nothing may be considered absent, or erased, before this.
 *
 * @returns the document, even a placeholder, or undefined if it does not exist
 */
export async function readAtPrimary(
  operation: Operation,
  { containers }: Containers,
  streamId: string,
  version: number,
): Promise<StoredEvent | undefined> {
  try {
    const target = { ...containers.events, kind: 'read' } as const
    const id = `${streamId}:${version}`
    const { results } = await batch(operation, target, streamId, [{ operationType: 'Read', id }])
    return results[0]?.resourceBody as StoredEvent | undefined
  } catch (error) {
    if (refusalOf(error) !== 404) throw error
    return undefined
  }
}

/** Makes the session of a stream's partition as recent as now. */
export async function refreshStream(operation: Operation, handle: Containers, streamId: string): Promise<void> {
  await readAtPrimary(operation, handle, streamId, 1)
}

/** The same for a feed range, unless it is too narrow to find a partition key in it. */
export async function refreshRange(operation: Operation, handle: Containers, range: FeedRange): Promise<void> {
  const key = keyWithin(range)
  if (key !== undefined) await refreshStream(operation, handle, key)
}
