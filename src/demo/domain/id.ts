import { z } from 'zod'
import { InvalidStreamId } from '../../core/errors/input.ts'
import { formatStreamId } from '../../core/stream-id.ts'

/** Leaves room in ids and keys for the text around an id. */
const MAX_LENGTH = 180

/**
 * Checks an id: the rules for a part of a stream id, with at most 180 characters.
 *
 * @throws InvalidStreamId
 */
export function assertId(category: string, id: string): void {
  const streamId = formatStreamId({ category, id })
  if (id.length > MAX_LENGTH) throw new InvalidStreamId(streamId, `the id is longer than ${MAX_LENGTH} characters`)
}

/** The schema of an id; see {@link assertId}. */
export const idSchema = (category: string) =>
  z.string().check((context) => {
    try {
      assertId(category, context.value)
    } catch (error) {
      const message = (error as InvalidStreamId).message
      context.issues.push({ code: 'custom', message, input: context.value })
    }
  })
