import assert from 'node:assert/strict'
import { leaseId } from '../../core/port/lease-store.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { withViews } from '../../views/with-views.ts'
import { casesOf } from './case.ts'
import { collect, events, grow } from './support/events.ts'
import { rejectsWith, within } from './support/expect.ts'
import { unhandledDuring } from './support/unhandled.ts'
import { PROJECTION, view } from './support/views.ts'

const RANGE = { min: '', max: 'FF' }

/** The opened database as a whole. */
export const storage = casesOf('storage', {
  'limits are whole numbers above 0': async ({ open }) => {
    const { limits } = await open()
    for (const [name, limit] of Object.entries(limits)) assert.ok(Number.isSafeInteger(limit) && limit > 0, name)
  },

  'it responds to a ping': async ({ open }) => {
    await (await open()).ping()
  },

  'where it tells about its health, that is a time, and sizes in whole bytes': async ({ open }) => {
    const one = await open()
    if (one.health === undefined) return
    await grow(one, 'a:1', 3)
    const { ping, bytes, disk, files } = await one.health()
    assert.ok(Number.isFinite(ping) && ping >= 0, `ping: ${ping}`)
    const isSize = (size: number) => Number.isSafeInteger(size) && size >= 0
    assert.ok(bytes === null || (isSize(bytes) && bytes > 0), `bytes: ${bytes}`)
    if (disk !== null) assert.ok(isSize(disk.free) && isSize(disk.total) && disk.free <= disk.total && disk.total > 0)
    for (const file of files) assert.ok(file.name !== '' && isSize(file.bytes) && isSize(file.walBytes), file.name)
    await one.close()
    await rejectsWith('StorageClosed', async () => one.health?.(), 'a health after the end')
  },

  'the incarnation is the same for every handle, and another for every database': async ({ open, reopen }) => {
    const one = await open()
    const two = await open()
    assert.ok(one.incarnation.length > 0)
    assert.equal((await reopen(one)).incarnation, one.incarnation)
    assert.notEqual(two.incarnation, one.incarnation)
  },

  'two databases share nothing': async ({ open }) => {
    const one = await open()
    const two = await open()
    await grow(one, 'a:1')
    await one.viewStore.save(view('k', {}), 'ifAbsent')
    assert.equal((await two.events.load('a:1')).version, 0)
    assert.equal(await two.viewStore.get({ ...PROJECTION, key: 'k' }), undefined)
  },

  'it can be closed twice, and one handle does not close another': async ({ open, reopen }) => {
    const one = await open()
    const other = await reopen(one)
    await grow(one, 'a:1')
    await Promise.all([one.close(), one.close()])
    await one.close()
    await one[Symbol.asyncDispose]()
    assert.equal((await grow(other, 'a:1')).version, 2)
  },

  'operations that were running at a close end as they would have': async ({ open, reopen }) => {
    const one = await open()
    const other = await reopen(one)
    const appending = Array.from({ length: 20 }, (_, i) => grow(one, `a:${i}`, 2))
    const closing = one.close()
    for (const { version } of await Promise.all(appending)) assert.equal(version, 2)
    await closing
    assert.equal((await collect(other.events.query({}))).length, 40)
  },

  'a wait for changes ends when the storage is closed': async ({ open }) => {
    const one = await open()
    const waits = [one.feed, one.viewStore].map((part) => part.changed(new AbortController().signal))
    await one.ping()
    await one.close()
    await within(5000, 'a wait on a closed storage', Promise.allSettled(waits))
  },

  'a wait for a view ends when the storage is closed, and leaves no unhandled rejection': async ({ open }) => {
    const unhandled = await unhandledDuring(async () => {
      for (let round = 0; round < 5; round++) {
        const one = withViews(await open())
        const { position } = await grow(one, 'a:1')
        const projection = { name: 'overview', version: 1, initial: () => ({}) }
        const waits = Array.from({ length: 5 }, (_, i) =>
          one.views.waitFor(projection, `k${i}`, position, { timeout: 60_000 }).catch((error) => error),
        )
        // Some are closed before their first check, some while they wait.
        for (let turns = 0; turns < round * 3; turns++) await one.ping()
        await one.close()
        for (const outcome of await within(5000, 'waits on a closed storage', Promise.all(waits))) {
          await rejectsWith('StorageClosed', () => Promise.reject(outcome), 'waitFor')
        }
      }
    })
    assert.deepEqual(unhandled, [])
  },

  'after a close every call is StorageClosed': async ({ open }) => {
    const one = await open()
    const { position } = await grow(one, 'a:1')
    await one.close()
    for (const [name, call] of Object.entries(everyCall(one, position))) await rejectsWith('StorageClosed', call, name)
  },
})

function everyCall(
  { events: log, feed, viewStore, leases, snapshots, ping }: StoragePort,
  position: string,
): Readonly<Record<string, () => Promise<unknown>>> {
  const { signal } = new AbortController()
  const id = leaseId('p', 1, RANGE)
  const lease = {
    id,
    projection: 'p',
    version: 1,
    range: RANGE,
    owner: null,
    expiresAt: 0,
    continuation: null,
    readTo: 0,
    incarnation: '',
  }
  const snapshot = { id: 'a:1', version: 1, state: null, definition: '', incarnation: '', takenAt: '' }
  return {
    append: () => log.append('a:1', events(1), { expectedVersion: 'any' }),
    read: () => collect(log.read('a:1')),
    load: () => log.load('a:1'),
    findAppend: () => log.findAppend('a:1', 'x'),
    query: () => collect(log.query({})),
    tombstone: () => log.tombstone('a:1', { metadata: { eventId: 'x' } }, { expectedVersion: 'any' }),
    erase: () => log.erase('a:1'),
    locate: () => log.locate(position),
    'feed.ranges': () => feed.ranges(),
    'feed.read': () => feed.read(RANGE, 'start'),
    'feed.lag': () => feed.lag(RANGE, 'start'),
    'feed.changed': () => feed.changed(signal),
    'views.get': () => viewStore.get({ ...PROJECTION, key: 'k' }),
    'views.getMany': () => viewStore.getMany('overview', 1, ['k']),
    'views.save': () => viewStore.save(view('k', {}), 'ifAbsent'),
    'views.query': () => viewStore.query(PROJECTION),
    'views.index': async () => (viewStore.index ? viewStore.index('overview', 1, ['n']) : viewStore.query(PROJECTION)),
    'views.drop': () => viewStore.drop('overview', 1),
    'views.changed': () => viewStore.changed(signal),
    'leases.list': () => leases.list(),
    'leases.get': () => leases.get(id),
    'leases.save': () => leases.save(lease, 'ifAbsent'),
    'leases.remove': () => leases.remove(id, 'x'),
    'snapshots.get': () => snapshots.get('a:1'),
    'snapshots.save': () => snapshots.save(snapshot),
    'snapshots.remove': () => snapshots.remove('a:1'),
    ping: () => ping(),
  }
}
