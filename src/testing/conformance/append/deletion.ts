import assert from 'node:assert/strict'
import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { deleteWhole, eraseWhole, events, eventsNamed, grow } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { follow, pagesOf, rangeOfStream, wholeFeed } from '../support/feed.ts'

/** Tombstones and erasing. */
export const deletion = casesOf('deletion', {
  'a tombstone is at head + 1, and the feed returns it last': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 3)
    const marker = { metadata: { eventId: 'end', reason: 'moved out' } }
    const { version, duplicate } = await storage.events.tombstone('a:1', marker, { expectedVersion: 3 })
    assert.deepEqual([version, duplicate], [4, false])
    const last = (await wholeFeed(storage)).at(-1)?.event
    assert.deepEqual(
      [last?.id, last?.stream, last?.eventType, last?.eventData],
      ['a:1:4', { id: 'a:1', version: 4 }, TOMBSTONE, {}],
    )
    assert.deepEqual([last?.metadata.eventId, last?.metadata.reason], ['end', 'moved out'])
  },

  'it expects a version as an append does': async ({ open }) => {
    const storage = await open()
    const wrong: readonly ExpectedVersion[] = [0, 'noStream', 2, 4]
    await grow(storage, 'a:1', 3)
    for (const expectedVersion of wrong) {
      const error = await rejectsWith('WrongExpectedVersion', () => end(storage, 'a:1', 'end', expectedVersion))
      assert.deepEqual([error.expected, error.actual], [expectedVersion, 3])
    }
    await rejectsWith('InvalidExpectedVersion', () => end(storage, 'a:1', 'end', -1))
    assert.equal((await storage.events.load('a:1')).version, 3)
    for (const [i, expectedVersion] of (['any', 'streamExists', 1] as const).entries()) {
      await grow(storage, `b:${i}`)
      assert.equal((await end(storage, `b:${i}`, 'end', expectedVersion)).version, 2)
    }
  },

  'nothing to end is StreamNotFound, whatever version is expected': async ({ open }) => {
    const storage = await open()
    for (const expectedVersion of ['any', 'noStream', 'streamExists', 0, 5] as const) {
      await rejectsWith('StreamNotFound', () => end(storage, 'a:1', 'end', expectedVersion), String(expectedVersion))
    }
    assert.equal((await storage.events.append('a:1', events(1), { expectedVersion: 'noStream' })).version, 1)
  },

  'a repeat with the same event id is a duplicate, one with another is StreamDeleted': async ({ open, reopen }) => {
    const storage = await open()
    await grow(storage, 'a:1', 3)
    const first = await end(storage, 'a:1', 'end', 3)
    for (const port of [storage, await reopen(storage)]) {
      const again = await end(port, 'a:1', 'end', 3)
      assert.deepEqual([again.version, again.duplicate], [4, true])
      assert.deepEqual(await port.events.locate(again.position), await port.events.locate(first.position))
      await rejectsWith('StreamDeleted', () => end(port, 'a:1', 'another', 'any'))
    }
    await eraseWhole(storage, 'a:1', 1)
    assert.equal((await end(storage, 'a:1', 'end', 3)).duplicate, true, 'while it is erased')
    assert.equal((await end(storage, 'a:1', 'end', 3)).duplicate, true, 'after it was erased')
    assert.equal((await wholeFeed(storage)).length, 1)
  },

  'an event id that is already used in the stream cannot end it': async ({ open }) => {
    const storage = await open()
    await storage.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
    await rejectsWith('EventIdReused', () => end(storage, 'a:1', 'y', 'any'))
    assert.equal((await storage.events.load('a:1')).version, 2)
  },

  'of a tombstone and the appends that race it at one version, exactly one wins': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    for (let round = 0; round < 20; round++) {
      const streamId = `race:${round}`
      await grow(storage, streamId, 2)
      const calls = Array.from({ length: 6 }, (_, i) => () => {
        const port = i % 2 ? storage : other
        return i === round % 6
          ? end(port, streamId, 'end', 2)
          : port.events.append(streamId, events(2), { expectedVersion: 2 })
      })
      const outcomes = await Promise.allSettled(calls.map((call) => call()))
      const won = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' ? [i] : []))
      assert.equal(won.length, 1, `round ${round}`)
      const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
      const refusal = won[0] === round % 6 ? 'StreamDeleted' : 'WrongExpectedVersion'
      assert.deepEqual(new Set(codes), new Set([refusal]), `round ${round}`)
    }
  },

  'appends at any version that race a tombstone are before it or StreamDeleted': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    await grow(storage, 'a:1')
    const calls = Array.from({ length: 40 }, (_, i) => {
      const port = i % 2 ? storage : other
      return i === 20
        ? end(port, 'a:1', 'end', 'any')
        : port.events.append('a:1', events(2), { expectedVersion: 'any' })
    })
    const outcomes = await Promise.allSettled(calls)
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))
    assert.ok(
      refused.every((code) => code === 'StreamDeleted'),
      `refusals: ${[...new Set(refused)]}`,
    )
    const delivered = await wholeFeed(storage)
    assert.equal(delivered.length, 1 + 2 * (39 - refused.length) + 1)
    assert.equal(delivered.at(-1)?.event.eventType, TOMBSTONE)
    assert.equal(delivered.at(-1)?.event.stream.version, delivered.length)
  },

  'erasing proceeds from the end, can be interrupted, and leaves only the tombstone in the feed': async ({
    open,
    reopen,
  }) => {
    const storage = await open()
    await grow(storage, 'a:1', 4)
    await grow(storage, 'a:1', 3)
    await end(storage, 'a:1', 'end', 7)
    const versions = async () => (await wholeFeed(storage)).map(({ event: { stream } }) => stream.version)
    assert.deepEqual(await versions(), [1, 2, 3, 4, 5, 6, 7, 8])
    assert.deepEqual(await storage.events.erase('a:1', { limit: 2 }), { done: false })
    assert.deepEqual(await versions(), [1, 2, 3, 4, 5, 8])
    const other = await reopen(storage)
    assert.deepEqual(await other.events.erase('a:1', { limit: 4 }), { done: false })
    assert.deepEqual(await versions(), [1, 8])
    assert.deepEqual(await storage.events.erase('a:1'), { done: true })
    assert.deepEqual(await versions(), [8], 'the placeholder is hidden')
    assert.deepEqual(await storage.events.erase('a:1'), { done: true }, 'again')
  },

  'several callers that erase one stream at once reach the same end': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    await grow(storage, 'a:1', 50)
    await end(storage, 'a:1', 'end', 50)
    await Promise.all([storage, other, storage].map((port) => eraseWhole(port, 'a:1', 7)))
    assert.deepEqual(
      (await wholeFeed(storage)).map(({ event: { stream } }) => stream.version),
      [51],
    )
  },

  'a stream without a tombstone cannot be erased: StreamNotFound': async ({ open }) => {
    const storage = await open()
    await rejectsWith('StreamNotFound', () => storage.events.erase('a:1'))
    await grow(storage, 'a:1', 2)
    await rejectsWith('StreamNotFound', () => storage.events.erase('a:1'))
    assert.equal((await storage.events.load('a:1')).events.length, 2)
  },

  'later events keep their positions, and LSNs are not assigned again': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 3)
    const range = await rangeOfStream(storage, 'a:1')
    await end(storage, 'a:1', 'end', 3)
    const before = await pagesOf(storage, range)
    const highest = before.at(-1)?.events.at(-1)?.position.lsn as number
    await eraseWhole(storage, 'a:1')
    let landed = 0
    for (let i = 2; landed === 0; i++) {
      await grow(storage, `a:${i}`)
      const { events: found } = await storage.feed.read(range, before.at(-1)?.continuation ?? 'start')
      landed = found.length
      for (const { position } of found) assert.ok(position.lsn > highest, `LSN ${position.lsn} after ${highest}`)
    }
  },

  'a follower of the feed gets erased events not at all, and nothing twice': async ({ open }) => {
    const storage = await open()
    const follower = follow(storage, 2)
    await grow(storage, 'a:1', 3)
    assert.equal((await follower.next()).length, 3)
    await deleteWhole(storage, 'a:1')
    assert.deepEqual(
      (await follower.next()).map(({ event }) => event.eventType),
      [TOMBSTONE],
    )
    assert.deepEqual(await follower.next(), [])
  },

  'an erased position counts as passed: locate says erased': async ({ open }) => {
    const storage = await open()
    const first = await grow(storage, 'a:1')
    const second = await grow(storage, 'a:1', 2)
    const last = await end(storage, 'a:1', 'end', 3)
    await wholeFeed(storage)
    await eraseWhole(storage, 'a:1')
    for (const { position } of [first, second]) {
      assert.deepEqual(
        (await storage.events.locate(position)).map(({ streamId, at }) => [streamId, at]),
        [['a:1', 'erased']],
      )
    }
    const [{ event, position } = assert.fail('the tombstone is delivered')] = await wholeFeed(storage)
    assert.equal(event.eventType, TOMBSTONE)
    assert.deepEqual((await storage.events.locate(last.position))[0]?.at, position)
  },

  'nothing opens the stream again': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1')
    await deleteWhole(storage, 'a:1')
    for (const expectedVersion of ['noStream', 'any', 0, 1, 2, 'streamExists'] as const) {
      await rejectsWith('StreamDeleted', () => storage.events.append('a:1', events(1), { expectedVersion }))
    }
    assert.equal((await grow(storage, 'a:1:2026')).version, 1, 'a neighbour with the same beginning is another stream')
  },
})

const end = (storage: StoragePort, streamId: string, eventId: string, expectedVersion: ExpectedVersion = 'any') =>
  storage.events.tombstone(streamId, { metadata: { eventId } }, { expectedVersion })
