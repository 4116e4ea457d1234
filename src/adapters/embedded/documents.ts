import { StorageCorrupt } from '../../core/errors/storage.ts'
import type { EventDocument, EventMetadata } from '../../core/port/event-document.ts'
import { fromText } from './sqlite/text.ts'

/** The columns that make up an event document, in the order of {@link DocumentRow}. */
export const DOCUMENT_COLUMNS = 'version, type, recorded_at, event_id, data, metadata'

/** A row of {@link DOCUMENT_COLUMNS}. */
export type DocumentRow = readonly [
  version: number,
  type: string,
  recordedAt: number,
  eventId: string,
  data: string,
  metadata: string,
]

/** The event document of a row. @throws StorageCorrupt if its text is not JSON */
export function toDocument(streamId: string, row: DocumentRow): EventDocument {
  const version = row[0]
  try {
    return {
      id: `${streamId}:${version}`,
      stream: { id: streamId, version },
      eventType: fromText(row[1]),
      eventData: JSON.parse(row[4]),
      metadata: toMetadata(fromText(row[3]), row[2], row[5]),
    }
  } catch (cause) {
    throw new StorageCorrupt(`Event ${streamId}:${version} is damaged`, { cause })
  }
}

/** The text of metadata as it is stored: without the event id, which has its own column. */
export function storedMetadata(metadata: string, eventId: string): string {
  const head = `{"eventId":"${eventId}"`
  // An id that JSON escapes, or that is not first, is stored twice: reading accepts either.
  if (!metadata.startsWith(head)) return metadata
  const rest = metadata.slice(head.length)
  return rest === '}' ? '{}' : `{${rest.slice(1)}`
}

const ONLY_SALT = /^\{"salt":"[\w-]{22}"\}$/
const BEFORE_SALT = '{"salt":"'.length
const SALT_LENGTH = BEFORE_SALT + 22 + '"}'.length

/** Whether stored metadata has no other members than a salt. */
export const isSaltAtMost = (stored: string): boolean =>
  stored === '{}' || (stored.length === SALT_LENGTH && ONLY_SALT.test(stored))

function toMetadata(eventId: string, recordedAt: number, stored: string): EventMetadata {
  const recorded = isoTime(recordedAt)
  // Most metadata is a salt, or nothing: these two are not worth a parser.
  if (stored === '{}') return { eventId, recordedAt: recorded }
  if (isSaltAtMost(stored)) return { eventId, recordedAt: recorded, salt: stored.slice(BEFORE_SALT, -2) }
  return { eventId, recordedAt: recorded, ...JSON.parse(stored) }
}

let lastTime = Number.NaN
let lastIso = ''

// Neighbours were usually recorded in the same millisecond, and formatting the time costs more than parsing small data.
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastIso = new Date(time).toISOString()
    lastTime = time
  }
  return lastIso
}
