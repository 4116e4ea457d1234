import type { StoragePort } from '../port/storage.ts'
import { encodePosition } from '../positions/position-token.ts'

/** A stream, and the hash of its id, which the feed provides. */
export type HashedStream = { readonly streamId: string; readonly hash: string }

/** Whether an event of an ended stream is erased; those above it are then erased, too. */
export async function isErased(
  { events, incarnation }: Pick<StoragePort, 'events' | 'incarnation'>,
  { streamId, hash }: HashedStream,
  version: number,
): Promise<boolean> {
  const located = await events.locate(encodePosition({ incarnation, marks: [{ streamId, version, hash }] }))
  return located.every(({ at }) => at === 'erased')
}
