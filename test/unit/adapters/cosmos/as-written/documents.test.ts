import { expect, it } from 'vitest'
import { toCheckedEvents } from '../../../../../src/adapters/cosmos/as-written/checked-events.ts'
import { documentFault } from '../../../../../src/adapters/cosmos/as-written/document-fault.ts'
import { huskOf, type StoredEvent } from '../../../../../src/adapters/cosmos/documents.ts'
import { fullInterval } from '../../../../../src/core/positions/hash-interval.ts'

const SERVER = { _rid: 'r', _self: 's', _etag: '"e"', _attachments: 'attachments/', _ts: 1, _lsn: 7 }

const written = {
  id: 'meter:1:3',
  stream: { id: 'meter:1', version: 3 },
  eventType: 'Happened',
  eventData: { a: 1 },
  metadata: { eventId: 'x', recordedAt: '2026-01-02T03:04:05.678Z' },
  appendId: 'append',
  ...SERVER,
}

const faultOf = (change: object): string | undefined => documentFault({ ...written, ...change } as StoredEvent)

const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) })

const CONTENT = 'has a type, data or metadata that no event has'
const JSON_ONLY = 'has data or metadata that are not JSON'
const ID = 'has another id than its stream and version'
const HUSK = 'is a placeholder that erasing did not make'

const CASES: Readonly<Record<string, readonly [change: object, fault: string]>> = {
  'a foreign field': [{ shown: 1 }, 'has fields that are not written'],
  'a time to live': [{ ttl: 60 }, 'has fields that are not written'],
  'another id': [{ id: 'meter:1:4' }, ID],
  'a foreign field in its stream': [{ stream: { ...written.stream, shown: 1 } }, ID],
  'a version that is not whole': [{ stream: { id: 'meter:1', version: 2.5 } }, 'has an invalid version'],
  'the version 0': [{ stream: { id: 'meter:1', version: 0 } }, 'has an invalid version'],
  'a lone surrogate': [{ eventData: { a: '\ud800' } }, JSON_ONLY],
  'a lone surrogate in metadata': [{ metadata: { ...written.metadata, a: '\udfff' } }, JSON_ONLY],
  '125 levels': [{ eventData: deep(125) }, JSON_ONLY],
  'an array for data': [{ eventData: [] }, CONTENT],
  'no data': [{ eventData: undefined }, CONTENT],
  'an empty type': [{ eventType: '' }, CONTENT],
  'no event id': [{ metadata: { recordedAt: written.metadata.recordedAt } }, CONTENT],
  'a time in another spelling': [
    { metadata: { eventId: 'x', recordedAt: '2026-01-02T03:04:05Z' } },
    'has an invalid time',
  ],
  'a time that is none': [{ metadata: { eventId: 'x', recordedAt: 'yesterday' } }, 'has an invalid time'],
  'a number for a time': [{ metadata: { eventId: 'x', recordedAt: 1 } }, 'has an invalid time'],
  'no append id': [{ appendId: undefined }, 'has an invalid append id'],
  'a number for an append id': [{ appendId: 1 }, 'has an invalid append id'],
  'the type of a placeholder': [{ eventType: '$husk' }, 'is a placeholder with data'],
  'the append id of a placeholder alone': [{ eventType: '$husk', eventData: {}, appendId: '$husk' }, HUSK],
  'the event id of a placeholder alone': [
    { eventType: '$husk', eventData: {}, metadata: { ...written.metadata, eventId: '$husk' } },
    HUSK,
  ],
  'metadata in a placeholder': [{ ...huskOf(written), metadata: { ...huskOf(written).metadata, shown: 1 } }, HUSK],
}

it.each(Object.entries(CASES))('a stored event has a fault with %s', (_, [change, fault]) => {
  expect(faultOf(change)).toBe(fault)
})

it('a stored event has no fault if it is as it was written, and neither has one of the .NET demo', () => {
  expect(faultOf({})).toBeUndefined()
  expect(faultOf({ eventData: deep(118) })).toBeUndefined()
  const { metadata, appendId, ...demo } = written
  expect(documentFault({ ...demo, anything: 1 } as StoredEvent)).toBeUndefined()
  expect(documentFault({ ...demo, ...huskOf(demo as StoredEvent) } as StoredEvent)).toBeUndefined()
  expect(documentFault({ ...written, ...huskOf(written) } as StoredEvent)).toBeUndefined()
})

it('documents that are no events are returned with what is known of them', () => {
  const bare = { ...SERVER, id: 'y' } as unknown as StoredEvent
  const untyped = { ...SERVER, id: 'z', stream: { id: 'meter:1', version: 9 } } as unknown as StoredEvent
  const found = toCheckedEvents([bare, untyped], fullInterval)
  expect(found.map(({ event, fault }) => [event.id, fault]).toSorted()).toEqual([
    [':0', 'cannot be read as an event'],
    ['meter:1:9', 'cannot be read as an event'],
  ])
})

it('events of one stream that share an LSN without being of one append have a fault', () => {
  const next = { ...written, id: 'meter:1:4', stream: { id: 'meter:1', version: 4 } }
  const faults = (...items: object[]) => toCheckedEvents(items as StoredEvent[], fullInterval).map(({ fault }) => fault)
  const wrong = 'does not belong to the append whose LSN it has'
  expect(faults(next, written)).toEqual([undefined, undefined])
  expect(faults(written, { ...next, appendId: 'other' })).toEqual([undefined, wrong])
  expect(faults(written, { ...next, _lsn: 8, appendId: 'other' })).toEqual([undefined, undefined])
  const gap = { ...written, id: 'meter:1:5', stream: { id: 'meter:1', version: 5 } }
  expect(faults(written, gap)).toEqual([undefined, wrong])
})
