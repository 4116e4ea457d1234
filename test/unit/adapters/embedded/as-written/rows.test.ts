import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { SLOT_SIZE } from '../../../../../src/adapters/embedded/schema/events.ts'
import { deleteWhole, event } from '../../../../../src/testing/conformance/support/events.ts'
import { open, tempFolder } from '../../../../support/embedded/folders.ts'
import { checkedFeed } from '../../../../support/tampering/checked-feed.ts'

const STREAM = 'meter:1'

/** A log of three streams in four slots, tampered with by SQL as any tool can. */
async function tampered(sql: string | ((log: DatabaseSync) => void), ranges = 4) {
  const folder = tempFolder()
  const storage = await open(folder, { ranges })
  await storage.events.append(STREAM, [event('x', { a: 1, text: 'one' })], { expectedVersion: 0 })
  const pair = [event('y', { a: 2 }), { ...event('z', { a: 3 }), metadata: { note: 'n', eventId: 'z' } }]
  await storage.events.append(STREAM, pair, { expectedVersion: 1 })
  await storage.events.append('meter:2', [event('x'), event('y')], { expectedVersion: 0 })
  await storage.events.append('meter:gone', [event('x'), event('y')], { expectedVersion: 0 })
  await deleteWhole(storage, 'meter:gone')
  expect(await checkedFeed(storage)).toMatchObject({ wrong: [], faults: [] })
  const log = new DatabaseSync(join(folder, 'events.db'))
  if (typeof sql === 'string') log.exec(sql)
  else sql(log)
  log.close()
  return { storage, ...(await checkedFeed(storage)), inSmallPages: await checkedFeed(storage, 1) }
}

const set = (change: string, version: number, stream = STREAM): string =>
  `UPDATE events SET ${change} WHERE version = ${version} AND stream = (SELECT id FROM streams WHERE name = '${stream}')`

const SPELLING = 'has data in another spelling'
const METADATA = 'has metadata in another spelling'
const TEXTS: Readonly<Record<string, readonly [change: string, fault: string, version?: number]>> = {
  'a member twice': [`data = '{"a":2,"a":1,"text":"one"}'`, SPELLING],
  'white space': [`data = '{"a": 1,"text":"one"}'`, SPELLING],
  'a number that is written differently': [`data = '{"a":1.0,"text":"one"}'`, SPELLING],
  'a number that does not survive': [`data = '{"a":9007199254740993,"text":"one"}'`, SPELLING],
  'minus zero': [`data = '{"a":-0,"text":"one"}'`, SPELLING],
  'an escape that is not needed': [`data = '{"a":1,"text":"\\u006fne"}'`, SPELLING],
  'a lone surrogate': [`data = '{"a":1,"text":"\\ud800"}'`, SPELLING],
  'an array for data': [`data = '[1]'`, SPELLING],
  'null for data': [`data = 'null'`, SPELLING],
  '125 levels': [`data = '${'{"a":'.repeat(124)}{}${'}'.repeat(124)}'`, SPELLING],
  'ten thousand levels': [`data = '{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}'`, SPELLING],
  'text that is not JSON': [`data = '{"a":1'`, 'cannot be read as an event'],
  'a text behind a NUL': [`data = data || char(0) || '{}'`, 'cannot be read as an event'],
  'bytes that are not UTF-8': [`data = CAST(x'7b2261223a22f09f98227d' AS TEXT)`, 'has texts that are not UTF-8'],
  'a second recording time': [`metadata = '{"recordedAt":"2020-01-01T00:00:00.000Z"}'`, METADATA],
  'a second event id': [`metadata = '{"eventId":"other"}'`, METADATA],
  'the event id twice': [`metadata = '{"eventId":"x"}'`, METADATA],
  'white space in metadata': [`metadata = '{ }'`, METADATA],
  'metadata of another type': [`metadata = '5'`, METADATA],
  'whole metadata with another event id': [`event_id = 'other'`, METADATA, 3],
  'an escape in the column of the type': [
    `type = 'Happened' || char(0xfdd0)`,
    'has a type or an id in another spelling',
  ],
  'a version that is none': ['version = -1', 'has an invalid version or time'],
  'a version that is not a safe number': ['version = 9007199254740993', 'has an invalid version or time'],
  'a time that is not a safe number': ['recorded_at = 9007199254740993', 'has an invalid version or time'],
  'a time that is no date': ['recorded_at = 9007199254740991', 'cannot be read as an event'],
  'a latest time of its slot that is later': ['latest = latest + 1', 'has another latest time than its slot'],
  'a latest time of its slot that is earlier': ['latest = latest - 1', 'has another latest time than its slot'],
  'more events to follow in its append': [
    'remaining = 7',
    'does not belong to the append that the event before it begins',
    3,
  ],
  'no number of events to follow': ['remaining = -1', 'does not say how many events of its append follow', 3],
  'a stream that does not exist': ['stream = 77', 'belongs to no stream'],
  'the type of a placeholder': [`type = '$husk'`, 'is a placeholder with data'],
  'the look of a placeholder': [
    `type = '$husk', event_id = '$husk', data = '{}', metadata = '{}'`,
    'is a placeholder, although its stream was not deleted',
  ],
}

describe('a row of the log that was tampered with', () => {
  it.each(Object.entries(TEXTS))('is returned with its fault: %s', async (_, [change, fault, version = 1]) => {
    const { wrong, inSmallPages } = await tampered(set(change, version))
    expect(wrong.map(([, found]) => found)).toContain(fault)
    expect(wrong).toHaveLength(1)
    expect(inSmallPages.wrong).toEqual(wrong)
  })
})

describe('a log that was tampered with around its rows', () => {
  const ofStream = (id: string) => `(SELECT id FROM streams WHERE name = '${id}')`

  it('has a fault in each event of a stream that is marked as deleted without a tombstone', async () => {
    const { wrong, storage } = await tampered(`UPDATE streams SET deleted = 1 WHERE name = '${STREAM}'`)
    const fault = 'has a stream that is marked as deleted without a tombstone at its end'
    expect(wrong).toEqual([1, 2, 3].map((version) => [`${STREAM}:${version}`, fault]))
    await expect(storage.events.load(STREAM)).rejects.toMatchObject({ code: 'StreamDeleted' })
  })

  it('has a fault in the tombstone of a stream that is not marked as deleted', async () => {
    const { wrong } = await tampered(`UPDATE streams SET deleted = 0 WHERE name = 'meter:gone'`)
    expect(wrong).toEqual([
      ['meter:gone:1', 'is a placeholder, although its stream was not deleted'],
      ['meter:gone:3', 'is a tombstone of a stream that is not marked as deleted'],
    ])
  })

  it('has a fault in each event of a stream whose mark of deletion is neither yes nor no', async () => {
    const { wrong } = await tampered(`UPDATE streams SET deleted = 2 WHERE name = 'meter:2'`)
    expect(wrong.map(([, fault]) => fault)).toEqual(Array(2).fill('has a stream with an invalid mark of deletion'))
  })

  it('has a fault in a tombstone with events behind it', async () => {
    const { wrong: behind } = await tampered(
      `${set(`type = '$tombstone'`, 2)}; UPDATE streams SET deleted = 1 WHERE name = '${STREAM}'`,
    )
    expect(behind.map(([id]) => id)).toEqual([1, 2, 3].map((version) => `${STREAM}:${version}`))
    const { wrong: twice } = await tampered(
      `${set(`type = '$tombstone'`, 2)}; ${set(`type = '$tombstone'`, 3)}; UPDATE streams SET deleted = 1 WHERE name = '${STREAM}'`,
    )
    expect(twice).toEqual([[`${STREAM}:2`, 'is a tombstone with events behind it']])
  })

  it('has a fault in an event that lies in the slot of another stream', async () => {
    const { wrong } = await tampered(`UPDATE events SET pos = (pos + ${SLOT_SIZE}) % ${4 * SLOT_SIZE} + 900
      WHERE version = 1 AND stream = ${ofStream(STREAM)}`)
    expect(wrong).toContainEqual([`${STREAM}:1`, 'is not in the slot of its stream'])
  })

  it('has faults in the events of a stream with another slot, or with another name', async () => {
    const { wrong } = await tampered(`UPDATE streams SET slot = (slot + 1) % 4 WHERE name = '${STREAM}'`)
    expect(wrong.map(([, fault]) => fault)).toEqual(Array(3).fill('is not in the slot of its stream'))
    const { events } = await tampered(`UPDATE streams SET name = 'meter:3' WHERE name = '${STREAM}'`, 1)
    expect(events.map(({ event: { id } }) => id)).toContain('meter:3:2')
  })

  it('has a fault in a placeholder that holds data, or stands at another version than the first', async () => {
    const { wrong } = await tampered(set(`data = '{"a":1}'`, 1, 'meter:gone'))
    expect(wrong).toEqual([['meter:gone:1', 'is a placeholder with data']])
    const { wrong: second } = await tampered(set('version = 2', 1, 'meter:gone'))
    expect(second).toEqual([['meter:gone:2', 'is a placeholder that erasing did not make']])
  })

  it('has a fault of its own if it has a trigger, or other tables than Tidemark makes', async () => {
    const trigger = 'CREATE TRIGGER t AFTER INSERT ON events BEGIN UPDATE events SET data = data; END'
    expect(await tampered(trigger)).toMatchObject({ wrong: [], faults: ['it has a trigger'] })
    const view = 'ALTER TABLE events RENAME TO hidden; CREATE VIEW events AS SELECT * FROM hidden'
    expect((await tampered(view)).faults).toEqual(['its schema was changed'])
    const column = 'ALTER TABLE events ADD COLUMN shown TEXT'
    expect((await tampered(column)).faults).toEqual(['its schema was changed'])
    expect((await tampered('DROP INDEX events_by_type')).faults).toEqual(['its schema was changed'])
    expect((await tampered('CREATE INDEX mine ON events (recorded_at); ANALYZE')).faults).toEqual([])
  })
})
