import assert from 'node:assert/strict'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { collect, events, grow, numbers, versionsOf } from '../support/events.ts'
import { follow } from '../support/feed.ts'

const SIZE = 20
const APPENDS = 40

/** All events of an append or none, for every reader. */
export const atomicity = casesOf('append: atomicity', {
  'load and read never see a part of an append': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    await whileWriting(storage, [
      async () => {
        for (const port of [storage, other]) {
          const { events: found, version } = await port.events.load('a:1')
          assert.equal(version % SIZE, 0, `a head of ${version} is in the middle of an append`)
          assert.deepEqual(versionsOf(found), numbers(1, version))
          const [last] = await collect(port.events.read('a:1', { direction: 'backwards', limit: 1 }))
          assert.equal((last?.stream.version ?? 0) % SIZE, 0, 'the last event ends an append')
        }
      },
    ])
    assert.equal((await other.events.load('a:1')).version, APPENDS * SIZE)
  },

  'the feed never shows a part of an append': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    const looks = [storage, other].map((port) => {
      const follower = follow(port, 7)
      return async () => assertWhole(await follower.next())
    })
    await whileWriting(storage, looks)
  },

  'an append that is refused leaves nothing behind, also if only its last event is at fault': async ({ open }) => {
    const storage = await open()
    const follower = follow(storage)
    await grow(storage, 'a:1')
    const [good] = events(1)
    assert.ok(good)
    const known = (await storage.events.load('a:1')).events[0]?.metadata.eventId as string
    const bad = [good, { ...good, metadata: { eventId: known } }]
    await assert.rejects(storage.events.append('a:1', bad, { expectedVersion: 'any' }))
    assert.equal((await storage.events.load('a:1')).version, 1)
    assert.equal((await follower.next()).length, 1)
    assert.equal(await storage.events.findAppend('a:1', good.metadata.eventId), undefined)
  },
})

/** Appends to one stream and to others while each read is repeated, and once more at the end. */
async function whileWriting(storage: StoragePort, looks: readonly (() => Promise<void>)[]): Promise<void> {
  let writing = true
  const looking = looks.map(async (look) => {
    while (writing) await look()
    await look()
  })
  const write = async (streamId: string) => {
    for (const _ of numbers(1, APPENDS)) await grow(storage, streamId, SIZE)
  }
  const written = Promise.all(['a:1', 'b:1', 'c:1'].map(write)).finally(() => {
    writing = false
  })
  await Promise.all([written, ...looking])
}

function assertWhole(found: readonly FeedEvent[]): void {
  for (const [id, part] of Map.groupBy(found, ({ appendId }) => appendId)) {
    assert.equal(part.length, SIZE, `append ${id} is whole`)
    assert.equal(part.at(-1)?.event.stream.version, (part[0]?.event.stream.version as number) + SIZE - 1)
  }
}
