import assert from 'node:assert/strict'
import { deleteStream } from '../../../core/append/delete-stream.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { grow } from '../support/events.ts'
import { rejectsWith } from '../support/expect.ts'
import { wholeFeed } from '../support/feed.ts'
import { snapshot } from '../support/snapshots.ts'

/** `deleteStream`, which performs a whole deletion through the port. */
export const streamDeletion = casesOf('deleteStream', {
  'erases a stream with its snapshot, and returns the position of its tombstone, every time': async ({
    open,
    reopen,
  }) => {
    const storage = await open()
    await grow(storage, 'a:1', 5)
    await grow(storage, 'a:2', 1)
    for (const id of ['a:1', 'a:2']) await storage.snapshots.save(snapshot(id))
    const { position } = await deleteStream(storage, 'a:1')
    const tombstone = (await wholeFeed(storage)).find(({ event }) => event.stream.id === 'a:1')
    assert.deepEqual([tombstone?.event.eventType, tombstone?.event.stream.version], [TOMBSTONE, 6])
    for (const port of [storage, await reopen(storage)]) {
      assert.equal(await port.snapshots.get('a:1'), undefined)
      const again = await deleteStream(port, 'a:1')
      for (const one of [position, again.position]) {
        assert.ok(one)
        assert.deepEqual((await port.events.locate(one))[0]?.at, tombstone?.position)
      }
    }
    assert.deepEqual(await storage.snapshots.get('a:2'), snapshot('a:2'))
  },

  'resumes after an interruption anywhere when it is called again': async ({ open }) => {
    const storage = await open()
    for (const [i, call] of (['tombstone', 'erase', 'remove'] as const).entries()) {
      for (const [j, when] of (['before', 'after'] as const).entries()) {
        const streamId = `a:${i}-${j}`
        await grow(storage, streamId, 3)
        await storage.snapshots.save(snapshot(streamId))
        await assert.rejects(() => deleteStream(interrupted(storage, call, when), streamId), /interrupted/)
        const { position } = await deleteStream(storage, streamId)
        const left = (await wholeFeed(storage)).filter(({ event }) => event.stream.id === streamId)
        assert.deepEqual(
          left.map(({ event }) => event.eventType),
          [TOMBSTONE],
        )
        assert.deepEqual((await storage.events.locate(position ?? ''))[0]?.at, left[0]?.position, `${when} ${call}`)
        assert.equal(await storage.snapshots.get(streamId), undefined)
      }
    }
  },

  'by several callers at once reaches the same end': async ({ open, reopen }) => {
    const storage = await open()
    const other = await reopen(storage)
    await grow(storage, 'a:1', 20)
    const deleted = await Promise.all([storage, other, storage, other].map((port) => deleteStream(port, 'a:1')))
    const [tombstone, ...others] = await wholeFeed(storage)
    assert.deepEqual([tombstone?.event.eventType, others], [TOMBSTONE, []])
    for (const { position } of deleted) {
      assert.deepEqual((await storage.events.locate(position ?? ''))[0]?.at, tombstone?.position)
    }
  },

  'of a stream that was ended by other means erases it, and returns no position': async ({ open }) => {
    const storage = await open()
    await grow(storage, 'a:1', 3)
    await storage.snapshots.save(snapshot('a:1'))
    await storage.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 3 })
    assert.deepEqual(await deleteStream(storage, 'a:1'), { position: null })
    assert.equal((await wholeFeed(storage)).length, 1)
    assert.equal(await storage.snapshots.get('a:1'), undefined)
  },

  'expects a version as an append does, and deletes nothing if another one is found': async ({ open }) => {
    const storage = await open()
    await rejectsWith('StreamNotFound', () => deleteStream(storage, 'a:1'))
    await grow(storage, 'a:1', 3)
    await storage.snapshots.save(snapshot('a:1'))
    await rejectsWith('WrongExpectedVersion', () => deleteStream(storage, 'a:1', { expectedVersion: 2 }))
    assert.equal((await storage.events.load('a:1')).events.length, 3)
    assert.deepEqual(await storage.snapshots.get('a:1'), snapshot('a:1'))
    assert.ok((await deleteStream(storage, 'a:1', { expectedVersion: 3 })).position)
  },
})

/** The storage of a process that is killed at one call, before or after the call takes effect. */
function interrupted(storage: StoragePort, at: 'tombstone' | 'erase' | 'remove', when: 'before' | 'after') {
  const interrupt = <A extends unknown[], R>(name: typeof at, call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      if (name === at && when === 'before') throw new Error('interrupted')
      const answer = await call(...args)
      if (name === at) throw new Error('interrupted')
      return answer
    }
  }
  const { events, snapshots } = storage
  return {
    events: {
      ...events,
      tombstone: interrupt('tombstone', events.tombstone),
      erase: interrupt('erase', events.erase),
    },
    snapshots: { ...snapshots, remove: interrupt('remove', snapshots.remove) },
  }
}
