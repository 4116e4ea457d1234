import type { ChangeFeed, FeedRange } from '../../../core/port/change-feed.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import type { LeaseStore } from '../../../core/port/lease-store.ts'
import type { SaveCondition } from '../../../core/port/save.ts'
import type { SnapshotStore } from '../../../core/port/snapshot-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { type ViewStore, viewId } from '../../../core/port/view-store.ts'
import { overlaps } from '../../../core/positions/hash-interval.ts'
import { below, oneOf } from '../../conformance/support/random.ts'
import type { MemoryState } from '../../memory/state.ts'
import type { World } from '../world/world.ts'
import { type Call, createCall, type Line, latency } from './network.ts'
import { createOlder } from './stale-continuations.ts'

/**
 * The database as one process sees it: slow, and with everything that the port allows. Its responses are always true,
 * but may arrive late, twice, in small pieces, or not at all.
 */
export function faultyPort(world: World, line: Line): StoragePort {
  const port = world.db.reopen()
  const call = createCall(world, line)
  return {
    ...port,
    events: faultyLog(world, line, port.events, call),
    feed: faultyFeed(world, line, port, call),
    viewStore: faultyViews(world, line, port, call),
    leases: faultyLeases(world, line, port, call),
    snapshots: faultySnapshots(port, call),
    ping: () => call('ping', '', () => port.ping()),
  }
}

function faultyLog({ faults, random }: World, line: Line, log: EventLog, call: Call): EventLog {
  return {
    ...log,
    locate: (position) => call('events.locate', '', () => log.locate(position)),
    load: (streamId, options) => call('events.load', streamId, () => log.load(streamId, options)),
    append: (streamId, events, options) =>
      call('events.append', `${streamId} at ${options.expectedVersion}`, () => log.append(streamId, events, options)),
    findAppend: (streamId, eventId) => call('events.findAppend', streamId, () => log.findAppend(streamId, eventId)),
    async *read(streamId, options) {
      yield* await call('events.read', streamId, async () => {
        // The end of a deleted stream is visible at once: what its replica showed before may be erased by now.
        const { version } = await log.load(streamId, { limit: 1 })
        const isStale = line.faulty && line.isStale !== false && faults.strikes('staleRead')
        const shown = isStale ? version - 1 - below(random, 4) : version
        const events = await Array.fromAsync(log.read(streamId, options))
        return events.filter(({ stream }) => stream.version <= shown)
      })
    },
  }
}

const nameOf = ({ min, max }: FeedRange): string => `[${min.slice(0, 4)},${max.slice(0, 4)})`

function faultyFeed(world: World, line: Line, { feed }: StoragePort, call: Call): ChangeFeed {
  const { faults, random } = world
  const strikes: typeof faults.strikes = (kind) => line.faulty && faults.strikes(kind)
  const older = createOlder()
  const unreadIn = (range: FeedRange): number =>
    Math.max(0, ...world.unread.filter((part) => overlaps(part, range)).map(({ lsn }) => lsn))
  return {
    ranges: () => call('feed.ranges', '', () => feed.ranges()),
    read: (range, from, { limit = 1000, ...options } = {}) =>
      call('feed.read', `${nameOf(range)} limit ${limit}`, async () => {
        const places = older.than(range, from, unreadIn(range))
        const place = places.length > 0 && strikes('reread') ? oneOf(random, places) : from
        const size = strikes('shortPage') ? 1 + below(random, 3) : limit
        const page = await feed.read(range, place, { ...options, limit: size })
        older.remember(range, page)
        return page
      }),
    lag: (range, from, options) => call('feed.lag', nameOf(range), () => feed.lag(range, from, options)),
    changed: (signal) => changed(world, line, signal, (ended) => feed.changed(ended)),
  }
}

function faultyViews(world: World, line: Line, { viewStore }: StoragePort, call: Call): ViewStore {
  return {
    ...viewStore,
    get: (ref) => call('views.get', viewId(ref), () => viewStore.get(ref)),
    getMany: (projection, version, keys) =>
      call('views.getMany', `${projection}:${version} ${keys.join(' ')}`, () =>
        viewStore.getMany(projection, version, keys),
      ),
    save(document, condition) {
      const id = viewId(document)
      return call('views.save', `${id} ${textOf(condition)}`, async () => {
        interfere(world, line, 'views', id, condition)
        const result = await viewStore.save(document, condition)
        if (result.saved) for (const saved of world.watchers) saved(document)
        return result
      })
    },
    remove: (ref, etag) =>
      call('views.remove', `${viewId(ref)} if ${etag}`, () => {
        interfere(world, line, 'views', viewId(ref), { ifMatch: etag })
        return viewStore.remove(ref, etag)
      }),
    query: (query) => call('views.query', query.projection, () => viewStore.query(query)),
    count: (query) => call('views.count', query.projection, () => viewStore.count(query)),
    drop: (projection, version) =>
      call('views.drop', `${projection}:${version}`, () => viewStore.drop(projection, version)),
    changed: (signal) => changed(world, line, signal, (ended) => viewStore.changed(ended)),
  }
}

function faultyLeases(world: World, line: Line, { leases }: StoragePort, call: Call): LeaseStore {
  return {
    list: (filter) => call('leases.list', filter?.projection ?? '', () => leases.list(filter)),
    ...(leases.changes && {
      changes: (since) =>
        call('leases.changes', '', () => (leases.changes as NonNullable<typeof leases.changes>)(since)),
    }),
    get: (id) => call('leases.get', id, () => leases.get(id)),
    save: (lease, condition) =>
      call('leases.save', `${lease.id} ${lease.owner} at ${lease.readTo} ${textOf(condition)}`, () => {
        interfere(world, line, 'leases', lease.id, condition)
        return leases.save(lease, condition)
      }),
    remove: (id, etag) => call('leases.remove', id, () => leases.remove(id, etag)),
  }
}

function faultySnapshots({ snapshots }: StoragePort, call: Call): SnapshotStore {
  return {
    get: (streamId) => call('snapshots.get', streamId, () => snapshots.get(streamId)),
    save: (snapshot) => call('snapshots.save', `${snapshot.id} at ${snapshot.version}`, () => snapshots.save(snapshot)),
    remove: (streamId) => call('snapshots.remove', streamId, () => snapshots.remove(streamId)),
  }
}

const textOf = (condition: SaveCondition): string => (condition === 'ifAbsent' ? condition : `if ${condition.ifMatch}`)

/**
 * Another process, such as an operator's tool, saves the document unchanged: the one that was read is no longer stored.
 */
function interfere({ db, faults }: World, line: Line, part: 'views' | 'leases', id: string, is: SaveCondition): void {
  const { state }: { state: MemoryState } = db
  const found = state[part].get(id)
  if (is === 'ifAbsent' || found?.etag !== is.ifMatch || !line.faulty || !faults.strikes('conflict')) return
  state[part].set(id, { json: found.json, etag: String(++state.etag) })
}

async function changed(
  world: World,
  { actor, faulty }: Line,
  signal: AbortSignal,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (signal.aborted) return
  const { scheduler, faults, random } = world
  const ended = new AbortController()
  // A constant reason, because creating one each time has a cost.
  const end = () => ended.abort('no longer waiting')
  signal.addEventListener('abort', end, { once: true })
  const cancel = faulty && faults.strikes('wakeup') ? scheduler.after(below(random, 300), actor, end) : () => {}
  await wait(ended.signal)
  cancel()
  signal.removeEventListener('abort', end)
  // A caller that cancels the wait is notified at once; a change takes its time.
  if (!signal.aborted) await new Promise<void>((resolve) => scheduler.after(latency(world), actor, resolve))
}
