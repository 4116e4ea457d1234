import { isWrittenAs, writtenText } from '../../../core/json/is-written-as.ts'
import { isJsonObject, type Json } from '../../../core/json/json.ts'
import { type EventDocument, HUSK } from '../../../core/port/event-document.ts'
import { isSaltAtMost, storedMetadata } from '../documents.ts'
import type { Database } from '../sqlite/database.ts'
import { fromText, toText } from '../sqlite/text.ts'
import type { CheckedRow } from './rows.ts'

/** How the texts of a row differ from those that are written for its event. @throws what JSON.parse throws */
export function textFault(event: EventDocument, row: CheckedRow): string | undefined {
  const [, type, , eventId, data, metadata] = row
  if (toText(fromText(type)) !== type || toText(fromText(eventId)) !== eventId)
    return 'has a type or an id in another spelling'
  if (!isJsonObject(event.eventData) || !isWrittenAs(event.eventData, data)) return 'has data in another spelling'
  return isMetadataAsWritten(event, eventId, metadata) ? undefined : 'has metadata in another spelling'
}

// An id that is the same in JSON, and in a column.
const PLAIN_ID = /^[\w-]+$/

function isMetadataAsWritten({ metadata }: EventDocument, eventId: string, stored: string): boolean {
  // Most metadata can be spelled in one way only, which is not worth writing it again.
  if (isSaltAtMost(stored) && PLAIN_ID.test(eventId)) return true
  const { recordedAt, ...others } = metadata
  const text = writtenText(others, stored)
  if (text === undefined) return false
  if (storedMetadata(text, eventId) === stored) return others.eventId === fromText(eventId)
  // The whole metadata, because the id is not their first member.
  const whole: Json = JSON.parse(stored)
  return (
    isJsonObject(whole) &&
    !('recordedAt' in whole) &&
    whole.eventId === fromText(eventId) &&
    JSON.stringify(whole) === stored &&
    storedMetadata(stored, eventId) === stored
  )
}

/** How a placeholder differs from the one that erasing leaves, and from those that are appended to copy a log. */
export function huskFault(row: CheckedRow, isDeleted: boolean): string | undefined {
  const [version, , , eventId, data, metadata] = row
  if (data !== '{}') return 'is a placeholder with data'
  if (eventId !== HUSK) return undefined
  if (!isDeleted) return 'is a placeholder, although its stream was not deleted'
  return version === 1 && metadata === '{}' ? undefined : 'is a placeholder that erasing did not make'
}

/** How the bytes of a row differ from its texts: reading replaces what is not UTF-8, and may stop at a NUL. */
export function byteFault(log: Database, row: CheckedRow): string | undefined {
  let octets = 0
  let isSuspect = false
  const texts = [row[1], row[3], row[4], row[5]]
  for (const text of texts) {
    octets += Buffer.byteLength(text)
    isSuspect ||= text.includes(REPLACED)
  }
  if (octets === row[13] && !isSuspect) return undefined
  const blobs = 'SELECT CAST(type AS BLOB), CAST(event_id AS BLOB), CAST(data AS BLOB), CAST(metadata AS BLOB)'
  const bytes = log.get<Uint8Array[]>(`${blobs} FROM events WHERE pos = ?`, row[6]) ?? []
  return texts.every((text, i) => Buffer.from(text).equals(bytes[i] as Uint8Array))
    ? undefined
    : 'has texts that are not UTF-8'
}

const REPLACED = '\ufffd'
