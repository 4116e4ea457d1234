import assert from 'node:assert/strict'
import type { StoragePort } from '../../../core/port/storage.ts'
import {
  decodePosition,
  encodePosition,
  mergePositions,
  type PositionToken,
} from '../../../core/positions/position-token.ts'
import { casesOf } from '../case.ts'
import { eventsNamed, grow, numbers } from '../support/events.ts'
import { rejectsWith, within } from '../support/expect.ts'
import { wholeFeed } from '../support/feed.ts'

/** Where appends ended, and how that is found again. */
export const positions = casesOf('positions', {
  'once the feed was read, locate returns the position in the feed': async ({ open, reopen }) => {
    const storage = await open()
    const appended: { id: string; position: PositionToken }[] = []
    for (const i of numbers(0, 29)) {
      const streamId = `a:${i % 8}`
      const { version, position } = await grow(storage, streamId, 1 + (i % 3))
      appended.push({ id: `${streamId}:${version}`, position })
    }
    const places = new Map((await wholeFeed(storage)).map(({ event, position }) => [event.id, { event, position }]))
    for (const port of [storage, await reopen(storage)]) {
      for (const { id, position } of appended) {
        const place = places.get(id)
        const wanted = { streamId: place?.event.stream.id, hash: place?.position.hash, at: place?.position }
        assert.deepEqual(await port.events.locate(position), [wanted], id)
      }
    }
  },

  'before the feed is read, locate returns the stream and its hash': async ({ open }) => {
    const storage = await open()
    const { position } = await grow(storage, 'a:1', 2)
    const [located, ...others] = await storage.events.locate(position)
    assert.ok(located)
    assert.deepEqual([located.streamId, others], ['a:1', []])
    assert.notEqual(located.at, 'erased')
    const last = (await wholeFeed(storage)).at(-1)
    assert.equal(located.hash, last?.position.hash)
    if (located.at !== 'pending') assert.deepEqual(located.at, last?.position)
  },

  'a duplicate returns the position of the first append': async ({ open }) => {
    const storage = await open()
    const first = await storage.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
    await grow(storage, 'a:1', 3)
    const again = await storage.events.append('a:1', eventsNamed('x', 'y'), { expectedVersion: 0 })
    await wholeFeed(storage)
    assert.deepEqual(await storage.events.locate(again.position), await storage.events.locate(first.position))
  },

  'positions merge, and locate returns one result for each stream': async ({ open }) => {
    const storage = await open()
    const tokens: PositionToken[] = []
    for (const i of numbers(0, 9)) tokens.push((await grow(storage, `a:${i % 3}`)).position)
    await wholeFeed(storage)
    const located = await storage.events.locate(mergePositions(tokens))
    const wanted = await Promise.all(tokens.slice(7).map((token) => locateOne(storage, token)))
    assert.deepEqual(byStream(located), byStream(wanted))
  },

  'an invalid position is InvalidPosition': async ({ open }) => {
    const storage = await open()
    for (const text of ['', 'x', '{}', 'e30', 'W10', 'bnVsbA', "' OR 1=1 --", '1:2:3']) {
      await rejectsWith('InvalidPosition', () => storage.events.locate(text), JSON.stringify(text))
    }
  },

  'a position of a missing stream or version has not passed: InvalidPosition, or pending': async ({ open }) => {
    const storage = await open()
    const { position } = await grow(storage, 'a:1', 2)
    await wholeFeed(storage)
    const [mark] = decodePosition(position).marks
    assert.ok(mark)
    for (const other of [
      { ...mark, version: 3 },
      { ...mark, version: 1_000 },
      { ...mark, streamId: 'a:2' },
    ]) {
      const forged = encodePosition({ incarnation: storage.incarnation, marks: [other] })
      const located = await storage.events.locate(forged).catch((error) => error)
      const what = `${other.streamId}@${other.version}`
      // If a replica may lag, what does not exist cannot be distinguished from what is not visible yet.
      if (Array.isArray(located)) assert.deepEqual(located[0]?.at, 'pending', what)
      else await rejectsWith('InvalidPosition', () => Promise.reject(located), what)
    }
  },

  'the hints in a position decide nothing': async ({ open }) => {
    const storage = await open()
    const { position } = await grow(storage, 'a:1', 2)
    await wholeFeed(storage)
    const [mark] = decodePosition(position).marks
    assert.ok(mark)
    const [located] = await storage.events.locate(position)
    for (const forgery of [{ lsn: 1 }, { lsn: 999_999_999 }, { hash: '00' }, { session: '0:-1#999999999' }]) {
      const forged = encodePosition({ incarnation: storage.incarnation, marks: [{ ...mark, ...forgery }] })
      const what = JSON.stringify(forgery)
      assert.deepEqual((await within(10_000, what, storage.events.locate(forged)))[0], located, what)
      assert.equal((await within(10_000, what, grow(storage, 'a:2'))).duplicate, false, `an append after ${what}`)
    }
  },

  'a position of another database is IncarnationMismatch': async ({ open }) => {
    const storage = await open()
    const other = await open()
    await grow(storage, 'a:1')
    const { position } = await grow(other, 'a:1')
    const error = await rejectsWith('IncarnationMismatch', () => storage.events.locate(position))
    assert.deepEqual([error.expected, error.actual], [storage.incarnation, other.incarnation])
    const forged = encodePosition({ incarnation: 'none', marks: [{ streamId: 'a:1', version: 1, hash: '0A' }] })
    await rejectsWith('IncarnationMismatch', () => storage.events.locate(forged))
  },
})

async function locateOne(storage: StoragePort, token: PositionToken) {
  const [located] = await storage.events.locate(token)
  assert.ok(located)
  return located
}

const byStream = <T extends { readonly streamId: string }>(located: readonly T[]): T[] =>
  located.toSorted((a, b) => (a.streamId < b.streamId ? -1 : 1))
