import { TOMBSTONE } from '../../../../src/core/port/event-document.ts'
import { placeOf } from '../../../../src/core/positions/stream-slot.ts'
import type { RawDatabase, RawRef } from '../raw-database.ts'
import type { SealedLog } from '../sealed-log.ts'
import type { TamperingCases } from './case.ts'

const finds =
  (code: string, ...events: readonly RawRef[]) =>
  (log: SealedLog): readonly string[] =>
    events.map(([id, version]) => `${code} ${id}@${version} #${log.blockOf(id, version)}`)

// On Cosmos DB, whatever is written gets a new LSN.
const changes =
  (...events: readonly RawRef[]) =>
  (log: SealedLog): readonly string[] =>
    finds(log.raw.kind === 'cosmos' ? 'eventMoved' : 'eventChanged', ...events)(log)

const withData = (change: object) => (event: { readonly eventData: object }) => ({
  eventData: { ...event.eventData, ...change },
})

// The others have LSNs of their own, and no marks.
const NOT_COSMOS: readonly RawDatabase['kind'][] = ['embedded', 'mongo']

/** A stream that lives in the slot of another one. */
const neighbourOf = (streamId: string): string =>
  ['meter:1', 'meter:2', 'meter:old'].find((id) => placeOf(id, 2).slot === placeOf(streamId, 2).slot) as string

const VERSIONS: Readonly<Record<string, number>> = { 'meter:1': 5, 'meter:2': 3, 'meter:old': 3 }

const forged = { eventType: 'Read', eventData: { reading: 1 }, metadata: { salt: 'forged-salt-of-an-event' } }

/** What may be done to events. */
export const eventCases: TamperingCases = {
  'one digit of an event is changed': {
    tamper: ({ raw }) => raw.change(['meter:1', 2], withData({ reading: 900 })),
    finds: changes(['meter:1', 2]),
  },
  'one digit of an event that is older than salts is changed': {
    tamper: ({ raw }) => raw.change(['meter:old', 2], withData({ reading: 900 })),
    finds: changes(['meter:old', 2]),
  },
  'the type of an event is changed': {
    tamper: ({ raw }) => raw.change(['meter:1', 1], () => ({ eventType: 'Corrected' })),
    finds: changes(['meter:1', 1]),
  },
  'the salt of an event is changed': {
    tamper: ({ raw }) => raw.change(['meter:1', 1], ({ metadata }) => ({ metadata: { ...metadata, salt: 'x' } })),
    finds: changes(['meter:1', 1]),
  },
  'the salt of an event is removed': {
    tamper: ({ raw }) =>
      raw.change(['meter:1', 1], ({ metadata }) => ({
        metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== 'salt')),
      })),
    finds: finds('saltMissing', ['meter:1', 1]),
    on: NOT_COSMOS,
  },
  'a stream is renamed': {
    tamper: ({ raw }) => raw.rename('meter:1', 'meter:9'),
    finds: finds('eventMissing', ['meter:1', 1], ['meter:1', 3], ['meter:1', 5]),
  },
  'a stream is renamed to what is no id of a stream': {
    tamper: ({ raw }) => raw.rename('meter:1', 'meter/1'),
    finds: finds('eventMissing', ['meter:1', 1], ['meter:1', 3], ['meter:1', 5]),
    on: NOT_COSMOS,
  },
  'a stream that is older than salts is renamed to what is no id of a stream': {
    tamper: ({ raw }) => raw.rename('meter:old', 'meter/old'),
    finds: finds('eventMissing', ['meter:old', 1], ['meter:old', 3]),
    on: NOT_COSMOS,
  },
  'the first event of a stream is removed': {
    tamper: ({ raw }) => raw.remove(['meter:1', 1]),
    finds: finds('eventMissing', ['meter:1', 1]),
  },
  'an event in the middle of a stream is removed': {
    tamper: ({ raw }) => raw.remove(['meter:2', 2]),
    finds: finds('eventMissing', ['meter:2', 2]),
  },
  'the last event of a stream is removed': {
    tamper: ({ raw }) => raw.remove(['meter:1', 5]),
    finds: finds('eventMissing', ['meter:1', 5]),
  },
  'a whole append is removed': {
    tamper: ({ raw }) => raw.remove(['meter:1', 2], ['meter:1', 3]),
    finds: finds('eventMissing', ['meter:1', 2], ['meter:1', 3]),
  },
  'a whole stream is removed': {
    tamper: ({ raw }) => raw.remove(['meter:2', 1], ['meter:2', 2], ['meter:2', 3]),
    finds: finds('eventMissing', ['meter:2', 1], ['meter:2', 2], ['meter:2', 3]),
  },
  'two events of a stream exchange their versions': {
    tamper: ({ raw }) => raw.swapVersions('meter:1', 2, 3),
    finds: changes(['meter:1', 2], ['meter:1', 3]),
  },
  'two events exchange their places in the feed': {
    tamper: ({ raw }) => raw.swapPlaces?.(['meter:1', 1], ['meter:1', 4]),
    finds: finds('eventMoved', ['meter:1', 1], ['meter:1', 4]),
    on: NOT_COSMOS,
  },
  'an event is inserted in the place of an erased one': {
    async tamper(log) {
      const id = neighbourOf('meter:gone')
      const event: RawRef = [id, (VERSIONS[id] as number) + 1]
      await log.raw.append(event, forged)
      await log.raw.moveTo?.(event, log.lsnOf('meter:gone', 2))
    },
    finds: (log) => {
      const id = neighbourOf('meter:gone')
      return [`eventExtra ${id}@${(VERSIONS[id] as number) + 1} #${log.blockOf('meter:gone', 2)}`]
    },
    on: NOT_COSMOS,
  },
  'an event is appended to a stream at a place that no feed range has': {
    async tamper({ raw }) {
      await raw.append(['meter:2', 4], forged)
      await raw.moveTo?.(['meter:2', 4], 0)
    },
    finds: () => ['eventExtra meter:2@4'],
    on: NOT_COSMOS,
  },
  'an event that only queries of types return is put at a place that no feed range has': {
    async tamper({ raw }) {
      await raw.append(['meter:2', -1], forged)
      await raw.moveTo?.(['meter:2', -1], 0)
    },
    finds: () => ['notAsWritten'],
    on: ['embedded'],
  },
  'a tombstone without a salt takes the place of an event': {
    async tamper({ raw }) {
      await raw.change(['meter:1', 5], () => ({ eventType: TOMBSTONE, eventData: {}, metadata: {} }))
      await raw.mark?.('meter:1', true)
      await raw.remove(['meter:1', 3], ['meter:1', 4])
    },
    // Where a change moves a document, the tombstone is another event than the one that was sealed.
    finds: (log) => (log.raw.kind === 'cosmos' ? ['leafDuplicate meter:1@5'] : changes(['meter:1', 5])(log)),
  },
  'an event is appended after the sealer was stopped': {
    tamper: ({ raw }) => raw.append(['meter:2', 4], forged),
    finds: () => ['eventUnsealed meter:2@4'],
    result: 'gaps',
    on: ['mongo', 'cosmos'],
  },
  'an event is appended with a version that leaves a gap': {
    tamper: ({ raw }) => raw.append(['meter:2', 6], forged),
    finds: () => ['versionGap meter:2@6'],
  },
  'an event is appended once more at a later place': {
    async tamper(log) {
      await log.raw.remove(['meter:2', 2])
      await log.raw.append(['meter:2', 2], forged)
    },
    finds: (log) => [...finds('eventMoved', ['meter:2', 2])(log), 'leafDuplicate meter:2@2'],
  },
  'a stream is marked as deleted': {
    tamper: ({ raw }) => raw.mark?.('meter:1', true),
    finds: () => ['deletedWithoutTombstone meter:1@5'],
    on: NOT_COSMOS,
  },
  'a stream is marked as deleted, and its events are removed': {
    async tamper({ raw }) {
      await raw.mark?.('meter:2', true)
      await raw.remove(['meter:2', 1], ['meter:2', 2], ['meter:2', 3])
    },
    finds: finds('deletedWithoutTombstone', ['meter:2', 1]),
    on: ['mongo'],
  },
  'a deleted stream is marked as not deleted': {
    tamper: ({ raw }) => raw.mark?.('meter:ended', false),
    finds: finds('eventMissing', ['meter:ended', 3]),
    on: NOT_COSMOS,
  },
  'the tombstone of a deleted stream is removed': {
    tamper: ({ raw }) => raw.remove(['meter:ended', 4]),
    finds: (log) =>
      log.raw.kind === 'cosmos'
        ? finds('eventMissing', ['meter:ended', 4])(log)
        : finds('deletedWithoutTombstone', ['meter:ended', 3])(log),
  },
  'an erased event of a deleted stream comes back': {
    async tamper({ raw }) {
      await raw.remove(['meter:gone', 1])
      await raw.append(['meter:gone', 1], forged)
    },
    finds: () => ['leafDuplicate meter:gone@1'],
    on: ['cosmos', 'embedded'],
  },
  'a deletion is dressed as an erasure by a tombstone that nobody sealed': {
    async tamper({ raw }) {
      await raw.append(['meter:2', 4], { eventType: TOMBSTONE, eventData: {}, metadata: {} })
      await raw.mark?.('meter:2', true)
      await raw.remove(['meter:2', 2], ['meter:2', 3])
    },
    finds: finds('tombstoneUnsealed', ['meter:2', 2]),
    result: 'gaps',
  },
}
