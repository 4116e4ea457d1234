import assert from 'node:assert/strict'
import type { NewEventDocument } from '../../../core/port/event-document.ts'
import type { AppendOptions } from '../../../core/port/event-log.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { collect, event, events, eventsNamed, grow } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { wholeFeed } from '../support/feed.ts'

const BAD_IDS = [
  '',
  'a',
  ':',
  'a:',
  ':b',
  'a:b:',
  'a:b:c:d',
  'a:b/c',
  'a:b\\c',
  'a:b?',
  'a:b#',
  'a:\n',
  'a:\u0085',
  `a:${'x'.repeat(199)}`,
  'a:\ud800',
]

/** What is refused about an append without reading the stream. */
export const appendRefusals = casesOf('append: refusals', {
  'an append without events is EmptyAppend': async ({ open }) => {
    await refused(await open(), 'EmptyAppend', [])
  },

  'more events than the limit are AppendTooLarge, before the version is checked': async ({ open }) => {
    const storage = await open()
    const limit = storage.limits.eventsPerAppend
    const error = await refused(storage, 'AppendTooLarge', events(limit + 1), { expectedVersion: 77 })
    assert.deepEqual([error.unit, error.actual, error.limit], ['events', limit + 1, limit])
    const { version } = await storage.events.append('a:2', events(limit), { expectedVersion: 0 })
    assert.equal(version, limit)
  },

  'more bytes than the limit are AppendTooLarge, before the version is checked': async ({ open }) => {
    const storage = await open()
    const limit = storage.limits.bytesPerAppend
    const ofBytes = (bytes: number) => {
      const empty = event('x', { text: '' })
      const frame = Buffer.byteLength(
        empty.eventType + JSON.stringify(empty.eventData) + JSON.stringify(empty.metadata),
      )
      return [event('x', { text: 'a'.repeat(bytes - frame) })]
    }
    const error = await refused(storage, 'AppendTooLarge', ofBytes(limit + 1), { expectedVersion: 77 })
    assert.deepEqual([error.unit, error.actual, error.limit], ['bytes', limit + 1, limit])
    await storage.events.append('a:2', ofBytes(limit), { expectedVersion: 0 })
    assert.equal((await storage.events.load('a:2')).version, 1)
  },

  'an invalid expected version is InvalidExpectedVersion': async ({ open }) => {
    const storage = await open()
    for (const expectedVersion of [-1, 0.5, Number.NaN, 2 ** 60, 'none', '0', null, undefined]) {
      await refused(storage, 'InvalidExpectedVersion', events(1), { expectedVersion } as AppendOptions)
    }
  },

  'an event id twice in one append is InvalidEvent': async ({ open }) => {
    await refused(await open(), 'InvalidEvent', eventsNamed('x', 'y', 'x'))
  },

  'an invalid envelope is InvalidEvent': async ({ open }) => {
    const storage = await open()
    const good = event('x')
    const bad: readonly unknown[] = [
      event(''),
      event('i'.repeat(201)),
      event('\ud800'),
      { ...good, metadata: {} },
      { ...good, eventType: '' },
      { ...good, eventType: 7 },
      ...['\u0000', 'a\u001b[2J', 'a\n', '\u009b', '\u202eb', '\u2066', 'a\u2028b'].map((eventType) => ({
        ...good,
        eventType,
      })),
      { ...good, eventType: '$own' },
      { ...good, eventType: '$tombstone' },
      { ...good, eventType: '$husk' },
      { ...good, eventData: [] },
      { ...good, eventData: null },
      { ...good, metadata: { eventId: 'x', recordedAt: '2026-01-01T00:00:00.000Z' } },
    ]
    for (const one of bad) await refused(storage, 'InvalidEvent', [one as NewEventDocument])
  },

  'a value that JSON cannot represent is NotJson, also if only the last event has it': async ({ open }) => {
    const storage = await open()
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    const values = [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      new Date(0),
      new Map(),
      () => 1,
      1n,
      '\ud800',
      [undefined],
      loop,
    ]
    for (const value of values) {
      await refused(storage, 'NotJson', [event('x'), event('y', { value } as never)])
    }
  },

  'an invalid stream id is InvalidStreamId, for every call': async ({ open }) => {
    const storage = await open()
    const marker = { metadata: { eventId: 'x' } }
    for (const id of BAD_IDS) {
      const calls = {
        append: () => storage.events.append(id, events(1), { expectedVersion: 'any' }),
        read: () => collect(storage.events.read(id)),
        load: () => storage.events.load(id),
        findAppend: () => storage.events.findAppend(id, 'x'),
        tombstone: () => storage.events.tombstone(id, marker, { expectedVersion: 'any' }),
        erase: () => storage.events.erase(id),
      }
      for (const [name, call] of Object.entries(calls)) {
        await rejectsWith('InvalidStreamId', call, `${name}(${JSON.stringify(id)})`)
      }
    }
  },
})

async function refused(
  storage: StoragePort,
  code: string,
  batch: readonly NewEventDocument[],
  options: AppendOptions = { expectedVersion: 'any' },
) {
  const head = (await storage.events.load('a:1')).version
  if (head === 0) await grow(storage, 'a:1', 2)
  const what = `append of ${batch.length}`
  const error = await rejectsWith(code, () => storage.events.append('a:1', batch, options), what)
  assert.equal((await storage.events.load('a:1')).version, 2, 'the stream is as it was')
  assert.equal((await wholeFeed(storage)).length, 2, 'the feed is as it was')
  return error
}
