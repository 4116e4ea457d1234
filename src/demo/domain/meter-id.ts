import { z } from 'zod'
import { InvalidStreamId } from '../../core/errors/input.ts'
import { formatStreamId } from '../../core/stream-id.ts'

/** Leaves room in ids and keys for the text around a meter's id. */
const MAX_LENGTH = 180

/**
 * Checks a meter's id: the rules for a part of a stream id, with at most 180 characters.
 *
 * @throws InvalidStreamId
 */
export function assertMeterId(meterId: string): void {
  const streamId = formatStreamId({ category: 'meter', id: meterId })
  if (meterId.length > MAX_LENGTH) throw new InvalidStreamId(streamId, `the id is longer than ${MAX_LENGTH} characters`)
}

/** See {@link assertMeterId}. */
export const meterIdSchema = z.string().check((context) => {
  try {
    assertMeterId(context.value)
  } catch (error) {
    const message = (error as InvalidStreamId).message
    context.issues.push({ code: 'custom', message, input: context.value })
  }
})
