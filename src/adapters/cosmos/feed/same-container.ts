import { IncarnationMismatch } from '../../../core/errors/feed.ts'
import type { Operation } from '../client/operation.ts'
import type { Handle } from '../handle.ts'

type LogHandle = Pick<Handle, 'containers' | 'eventsRid' | 'incarnation'>

// A resource id begins with that of its container: 8 bytes, of which these digits hold 60 bits.
const DIGITS = 10

/**
 * Checks that a document or a partition belongs to the container that was opened, not to one that replaced it.
 *
 * @param rid its `_rid`, if there is one
 * @throws IncarnationMismatch
 */
export async function assertSameContainer(operation: Operation, handle: LogHandle, rid: unknown): Promise<void> {
  if (typeof rid !== 'string' || rid.slice(0, DIGITS) === handle.eventsRid.slice(0, DIGITS)) return
  await readAndCompare(operation, handle)
}

/** The same by reading the container, if there is no document. */
export async function readAndCompare(operation: Operation, handle: LogHandle): Promise<void> {
  const { containers, eventsRid, incarnation } = handle
  const { resource } = await operation.request({
    kind: 'read',
    send: ({ abortSignal }) => containers.events.container.read({ abortSignal }),
  })
  if (resource === undefined || resource._rid === eventsRid) return
  throw new IncarnationMismatch('The opened storage', `of another container (${resource._rid})`, incarnation)
}
