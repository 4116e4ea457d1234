import { InvalidStreamId } from '../../core/errors/input.ts'
import { assertStreamId } from '../../core/stream-id.ts'

/** The category of the streams of subjects. Only rules write to them. */
export const SUBJECT = 'subject'

const PREFIX = `${SUBJECT}:`

/**
 * The id of a subject's stream: `subject:user:456` of `user:456`.
 *
 * @param id one or two parts joined by `:`, as in `user:456`
 * @throws InvalidStreamId
 */
export function subjectStream(id: string): string {
  const streamId = `${PREFIX}${id}`
  if (typeof id !== 'string') throw new InvalidStreamId(streamId, 'the id of a subject must be a text')
  assertStreamId(streamId)
  return streamId
}

/** The id of the subject whose stream it is; undefined for any other stream. */
export const subjectIdOf = (streamId: string): string | undefined =>
  streamId.startsWith(PREFIX) ? streamId.slice(PREFIX.length) : undefined
