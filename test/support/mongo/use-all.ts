import type { StoragePort } from '../../../src/core/port/storage.ts'
import { collect, events, grow } from '../../../src/testing/conformance/support/events.ts'
import { wholeFeed } from '../../../src/testing/conformance/support/feed.ts'
import { keysOf, saveViews, view } from '../../../src/testing/conformance/support/views.ts'

/** Does whatever a port can do, so that each of its commands is sent. */
export async function useAll(port: StoragePort): Promise<void> {
  await grow(port, 'a:1', 3)
  const ids = events(2)
  const { position } = await port.events.append('a:1', ids, { expectedVersion: 'any' })
  await port.events.append('a:1', ids, { expectedVersion: 'any' })
  await port.events.append('a:1', events(1), { expectedVersion: 0 }).catch(() => {})
  await port.events.load('a:1', { from: 2 })
  await port.events.load('a:1', { direction: 'backwards', limit: 1 })
  await port.events.findAppend('a:1', ids[0]?.metadata.eventId ?? '')
  const recorded = { from: new Date(0), to: new Date() }
  await collect(port.events.query({ types: ['E', 'F'], category: 'a', recorded, where: { n: 1 } }))
  await collect(port.events.query({}))
  await port.events.locate(position)
  await wholeFeed(port)
  await grow(port, 'a:2', 3)
  for (const range of await port.feed.ranges()) {
    for (const from of ['start', 'now', new Date(0), new Date()] as const) {
      await port.feed.read(range, from, { limit: 2 })
      await port.feed.lag(range, from)
    }
  }
  await port.events.tombstone('a:2', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
  await port.events.erase('a:2')
  await port.viewStore.index?.('overview', 1, ['n'])
  await saveViews(port, Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, { n, other: n % 3 }])))
  const { etag = '' } = (await port.viewStore.get(view('k1', {}))) ?? {}
  await port.viewStore.save(view('k1', { n: 7 }), { ifMatch: etag })
  const removed = (await port.viewStore.get(view('k19', {})))?.etag ?? ''
  await port.viewStore.remove(view('k19', {}), removed)
  await port.viewStore.getMany('overview', 1, ['k1', 'k2'])
  await port.viewStore.getParked?.('overview', 1, ['k1', 'k2'])
  for (const orderBy of [undefined, { field: 'n' }, { field: 'n', direction: 'descending' }] as const) {
    await keysOf(port, { ...(orderBy && { orderBy }), limit: 6 })
    await keysOf(port, { where: { n: { gt: 3 } }, ...(orderBy && { orderBy }), limit: 6 })
    await keysOf(port, { where: { other: 1 }, ...(orderBy && { orderBy }), limit: 6 })
  }
  await port.viewStore.count({ projection: 'overview', version: 1, where: { n: { in: [3, 5] } } })
  const range = { min: '', max: 'FF' }
  const state = { range, owner: null, expiresAt: 0, continuation: null, readTo: 0, incarnation: '' }
  const lease = await port.leases.save({ id: 'l', projection: 'p', version: 1, ...state }, 'ifAbsent')
  await port.leases.get('l')
  for (const which of [{}, { projection: 'p' }, { projection: 'p', version: 1 }]) await port.leases.list(which)
  const { next = null } = (await port.leases.changes?.(null)) ?? {}
  await port.leases.changes?.(next)
  await port.leases.remove('l', lease.saved ? lease.etag : '')
  const snapshot = { id: 'a:1', version: 1, state: null, definition: '', incarnation: '', takenAt: '' }
  await port.snapshots.save(snapshot)
  await port.snapshots.get('a:1')
  await port.snapshots.remove('a:1')
  await port.viewStore.save(view('k', {}, { version: 2 }), 'ifAbsent')
  await port.viewStore.drop('overview', 2)
}
