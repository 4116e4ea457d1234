import { describe, expect, it } from 'vitest'
import { deleteStream } from '../../../../../src/core/append/delete-stream.ts'
import { event, grow } from '../../../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'

const SECRET = 'of-a-person'

describe('a stream that is deleted', () => {
  it('leaves nothing of what was in it in any collection, also where it was kept as a text', async () => {
    await using on = await onModel()
    const port = await on.open({ slots: 2 })
    const all = async () => {
      const names = await on.client.db('x').listCollections({}, { nameOnly: true }).toArray()
      const lists = names.map(({ name }) => on.client.db('x').collection(name).find({}).toArray())
      return JSON.stringify(await Promise.all(lists))
    }
    const odd = { $kept: SECRET, 'a.b': { c: SECRET }, plain: SECRET }
    const first = { ...event('x', odd), metadata: { eventId: 'x', salt: SECRET, mac: SECRET } }
    await port.events.append('a:1', [first, event('y', { name: SECRET })], { expectedVersion: 0 })
    const salted = { ...event('z', { name: SECRET }), metadata: { eventId: 'z', salt: SECRET } }
    await port.events.append('a:1', [salted], { expectedVersion: 2 })
    await wholeFeed(port)
    // Some have LSNs by now, and some have none.
    await port.events.append('a:1', [event('w', odd)], { expectedVersion: 3 })
    await grow(port, 'b:1')
    const state = { name: SECRET, $kept: SECRET }
    await port.snapshots.save({ id: 'a:1', version: 4, state, definition: '', incarnation: '', takenAt: '' })
    expect((await all()).split(SECRET).length - 1).toBeGreaterThan(8)
    await deleteStream(port, 'a:1')
    expect(await all()).not.toContain(SECRET)
    const left = await on.client
      .db('x')
      .collection('events')
      .find({ 'stream.id': 'a:1' })
      .sort({ 'stream.version': 1 })
      .toArray()
    expect(left.map(({ stream, eventType, json }) => [stream.version, eventType, json])).toEqual([
      [1, expect.any(String), undefined],
      [5, expect.any(String), undefined],
    ])
    expect(await port.snapshots.get('a:1')).toBeUndefined()
  })
})
