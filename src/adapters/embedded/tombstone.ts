import { prepareTombstone } from '../../core/append/prepare-append.ts'
import { StreamNotFound } from '../../core/errors/append.ts'
import type { EventLog } from '../../core/port/event-log.ts'
import { eraseLimitOf } from '../../core/reading/read-options.ts'
import { assertStreamId } from '../../core/stream-id.ts'
import { submit } from './append.ts'
import type { Handle } from './handle.ts'

// Appends wait while a transaction erases, so it erases no more than this at once.
const CHUNK = 1000

/** The deleting half of the event log. */
export function deleter(handle: Handle): Pick<EventLog, 'tombstone' | 'erase'> {
  return {
    async tombstone(streamId, marker, options) {
      handle.assertOpen()
      const prepared = prepareTombstone(streamId, marker, options)
      return submit(handle, 'tombstone', streamId, options, [prepared])
    },
    async erase(streamId, options) {
      assertStreamId(streamId)
      for (let left = eraseLimitOf(options); ; left -= CHUNK) {
        handle.assertOpen()
        const answer = await handle.log.writer.submit(['erase', streamId, Math.min(left, CHUNK)])
        if (answer[0] !== 'erased') throw new StreamNotFound(streamId)
        if (answer[1]) await handle.log.scrubber.scrub()
        if (answer[1] || left <= CHUNK) return { done: answer[1] }
      }
    },
  }
}
