import { AppendTooLarge, EmptyAppend, InvalidEvent } from '../errors/input.ts'
import { hasControlCharacter } from '../json/control-characters.ts'
import { copyJson, type Json } from '../json/json.ts'
import { MOST_LEVELS, MOST_OWN_LEVELS } from '../json/json-faults.ts'
import {
  CLAIM_LAPSED,
  ENTRY_STORED,
  FORGOTTEN,
  HUSK,
  isReservedType,
  type NewEventDocument,
  PERIOD_CLOSED,
  PERIOD_OPENED,
  PROPERTY_CHANGED,
  RULE_BLOCKED,
  RULE_FIRED,
  TIMER_CANCELLED,
  TIMER_FIRED,
  TIMER_SCHEDULED,
  TOMBSTONE,
} from '../port/event-document.ts'
import type { AppendOptions } from '../port/event-log.ts'
import type { StorageLimits } from '../port/storage.ts'
import { assertStreamId } from '../stream-id.ts'
import { assertExpectedVersion } from './expected-version.ts'

/** A validated event, with its parts as JSON text. */
export type PreparedEvent = {
  readonly eventId: string
  readonly type: string
  readonly data: string
  /** The metadata, not yet including `recordedAt`. */
  readonly metadata: string
}

const MAX_NAME = 200

/**
 * Performs, for every adapter, all checks of an append that need no I/O, and returns the JSON text to store.
 *
 * @throws InvalidStreamId, InvalidExpectedVersion, EmptyAppend, AppendTooLarge, InvalidEvent, NotJson
 */
export function prepareAppend(
  streamId: string,
  events: readonly NewEventDocument[],
  { expectedVersion, recordedAt }: AppendOptions,
  limits: StorageLimits,
): PreparedEvent[] {
  assertStreamId(streamId)
  assertExpectedVersion(expectedVersion)
  assertTime(recordedAt)
  if (events.length === 0) throw new EmptyAppend()
  if (events.length > limits.eventsPerAppend) {
    throw new AppendTooLarge('events', events.length, limits.eventsPerAppend)
  }
  const isCopied = recordedAt !== undefined
  const prepared = events.map((event) => prepareEvent(event, isCopied))
  if (prepared.length > 1 && new Set(prepared.map((event) => event.eventId)).size < prepared.length) {
    throw new InvalidEvent('An event id appears twice in one append; give each event its own id')
  }
  assertBytes(prepared, limits.bytesPerAppend)
  return prepared
}

// A code unit of UTF-16 takes up to three bytes of UTF-8.
const BYTES_PER_UNIT = 3

function assertBytes(events: readonly PreparedEvent[], limit: number): void {
  let units = 0
  for (const { type, data, metadata } of events) units += type.length + data.length + metadata.length
  if (units * BYTES_PER_UNIT <= limit) return
  let bytes = 0
  for (const { type, data, metadata } of events) {
    bytes += Buffer.byteLength(type) + Buffer.byteLength(data) + Buffer.byteLength(metadata)
  }
  if (bytes > limit) throw new AppendTooLarge('bytes', bytes, limit)
}

/** The same for the marker of a tombstone. @throws as prepareAppend does */
export function prepareTombstone(
  streamId: string,
  marker: Pick<NewEventDocument, 'metadata'>,
  { expectedVersion, recordedAt }: AppendOptions,
): PreparedEvent {
  assertStreamId(streamId)
  assertExpectedVersion(expectedVersion)
  assertTime(recordedAt)
  return serialise(TOMBSTONE, {}, marker.metadata)
}

function prepareEvent({ eventType, eventData, metadata }: NewEventDocument, isCopied: boolean): PreparedEvent {
  assertName('type', eventType)
  if (!isCopied && hasControlCharacter(eventType)) {
    throw new InvalidEvent(`Event type ${JSON.stringify(eventType)} contains a control character`)
  }
  // What is copied was already stored, maybe by Tidemark itself.
  const levels = isCopied || OWN_TYPES.has(eventType) ? MOST_OWN_LEVELS : MOST_LEVELS
  const prepared = serialise(eventType, eventData, metadata, levels)
  // Every reader of the feed would skip data of this type.
  const isHusk = eventType === HUSK && isCopied && prepared.data === '{}'
  if (isReservedType(eventType) && !OWN_TYPES.has(eventType) && !isHusk) {
    throw new InvalidEvent(
      `Event type ${eventType} is reserved: types that begin with $ are Tidemark's own; choose another name`,
    )
  }
  return prepared
}

// Types that Tidemark itself appends through the port; the tombstone has its own method.
const OWN_TYPES: ReadonlySet<string> = new Set([
  PERIOD_OPENED,
  PERIOD_CLOSED,
  FORGOTTEN,
  CLAIM_LAPSED,
  TIMER_SCHEDULED,
  TIMER_FIRED,
  TIMER_CANCELLED,
  PROPERTY_CHANGED,
  ENTRY_STORED,
  RULE_FIRED,
  RULE_BLOCKED,
])

function serialise(type: string, data: unknown, metadata: unknown, levels: number = MOST_LEVELS): PreparedEvent {
  assertObject('metadata', metadata)
  assertName('id', metadata.eventId)
  assertObject('eventData', data)
  const copied = copyJson(metadata, 'metadata', levels) as { readonly [member: string]: Json }
  if ('recordedAt' in copied) throw new InvalidEvent('recordedAt is set by the storage; remove it from the metadata')
  return {
    eventId: String(copied.eventId),
    type,
    data: JSON.stringify(copyJson(data, 'eventData', levels)),
    metadata: JSON.stringify(copied),
  }
}

// Times are compared as text, which is correct only for years of four digits.
function assertTime(recordedAt: Date | undefined): void {
  if (recordedAt === undefined) return
  const isTime = recordedAt instanceof Date && !Number.isNaN(recordedAt.getTime())
  if (!isTime || recordedAt.toISOString().length !== 24) {
    throw new InvalidEvent('recordedAt must be a Date in the years 0 to 9999')
  }
}

function assertObject(path: string, value: unknown): asserts value is { readonly [member: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidEvent(`${path} must be a JSON object`)
  }
}

function assertName(what: 'type' | 'id', value: unknown): asserts value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME || !value.isWellFormed()) {
    throw new InvalidEvent(`An event's ${what} must be a string of 1 to ${MAX_NAME} characters`)
  }
}
