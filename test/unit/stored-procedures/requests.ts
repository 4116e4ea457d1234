import { readFileSync } from 'node:fs'
import type { ExpectedVersion } from '../../../src/core/append/expected-version.ts'
import type { JsonObject } from '../../../src/core/json/json.ts'

const read = (name: string): string =>
  readFileSync(new URL(`../../../stored-procedures/${name}.js`, import.meta.url), 'utf8')

export const appendToStream = read('append-to-stream')
export const tombstoneStream = read('tombstone-stream')

export const STREAM = 'meter:87000001:2020'
export const NOON = '2020-01-01T12:00:00.000Z'

/** An event whose content can be told from its id, unless other content is given. */
export const event = (eventId: string, eventData: JsonObject = { of: eventId }) => ({
  eventType: 'Measured',
  eventData,
  metadata: { eventId, correlationId: 'c' },
})

/** A request to append events with these ids. */
export function append(expectedVersion: ExpectedVersion, ids: readonly string[], more: object = {}) {
  return {
    streamId: STREAM,
    expectedVersion,
    events: ids.map((id) => event(id)),
    appendId: `append of ${ids.join()}`,
    recordedAt: NOON,
    ...more,
  }
}

export function mark(expectedVersion: ExpectedVersion, eventId = 'end', more: object = {}) {
  const marker = { metadata: { eventId } }
  return { streamId: STREAM, expectedVersion, marker, appendId: 'append of the end', recordedAt: NOON, ...more }
}

export const erase = (limit: number) => ({ streamId: STREAM, limit })
