import assert from 'node:assert/strict'
import type { FeedPage, FeedRange } from '../../../core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../../../core/port/lease-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { casesOf } from '../case.ts'
import { deleteWhole, grow } from '../support/events.ts'
import { eventsIn, pagesOf, rangeOfStream } from '../support/feed.ts'

const STREAM = 'a:1'

/** What happens to a log that is older than the data derived from it. */
export const logIdentity = casesOf('log identity', {
  'a continuation behind a lost event is refused, and still is once the log has grown past it': async (context) => {
    const storage = await context.open()
    const { range, last } = await readFive(storage)
    await lose(context, storage, STREAM, 3)
    const older = await reopenUnchecked(context, storage)
    await assert.rejects(older.feed.read(range, last.continuation), isOlderLog)
    await assert.rejects(older.feed.lag(range, last.continuation), isOlderLog)
    for (let i = 0; i < 9; i++) await grow(older, STREAM)
    await assert.rejects(older.feed.read(range, last.continuation), { code: 'LogDiverged' })
    await assert.rejects(older.feed.lag(range, last.continuation), { code: 'LogDiverged' })
    assert.equal((await eventsIn(older, range)).length, 2 + 9, 'the log itself can be read')
  },

  'a continuation before the lost events resumes': async (context) => {
    const storage = await context.open()
    await grow(storage, STREAM, 1)
    const range = await rangeOfStream(storage, STREAM)
    const before = (await pagesOf(storage, range)).at(-1) as FeedPage
    await grow(storage, STREAM, 2)
    await lose(context, storage, STREAM, 2)
    const older = await reopenUnchecked(context, storage)
    await grow(older, STREAM, 4)
    const events = await eventsIn(older, range, before.continuation)
    assert.deepEqual(
      events.map(({ event }) => event.stream.version),
      [2, 3, 4, 5],
    )
  },

  'an event that was erased is not missing': async ({ open, reopen }) => {
    const storage = await open()
    const { range, last } = await readFive(storage)
    await storage.leases.save(leaseAt(storage, range, last), 'ifAbsent')
    await deleteWhole(storage, STREAM)
    const events = await eventsIn(storage, range, last.continuation)
    assert.equal(events.at(-1)?.event.stream.version, 6, 'the tombstone')
    const other = await reopen(storage)
    assert.equal((await eventsIn(other, range, last.continuation)).length, 1)
  },

  'a page without events keeps the event that its start is based on': async (context) => {
    const storage = await context.open()
    const { range, last } = await readFive(storage)
    const empty = await storage.feed.read(range, last.continuation)
    assert.deepEqual([empty.events, empty.caughtUp], [[], true])
    await lose(context, storage, STREAM, 5)
    const older = await reopenUnchecked(context, storage)
    await grow(older, STREAM, 3)
    await assert.rejects(older.feed.read(range, empty.continuation), { code: 'LogDiverged' })
  },

  'opening is refused as long as a lease names an event that the log lost, until the log is accepted': async (
    context,
  ) => {
    const storage = await context.open()
    const { range, last } = await readFive(storage)
    await storage.leases.save(leaseAt(storage, range, last), 'ifAbsent')
    const other = await context.reopen(storage)
    assert.equal(other.incarnation, storage.incarnation)
    await lose(context, storage, STREAM, 4)
    await assert.rejects(context.reopen(storage), isOlderLog)
    const accepted = await context.reopen(storage, { acceptDivergedLog: true })
    assert.notEqual(accepted.incarnation, storage.incarnation, 'another incarnation')
    await grow(accepted, STREAM, 6)
    await assert.rejects(accepted.feed.read(range, last.continuation), { code: 'IncarnationMismatch' })
    assert.equal((await context.reopen(storage)).incarnation, accepted.incarnation)
  },

  'opening is also refused if the lost position was assigned to other events': async (context) => {
    const storage = await context.open()
    const { range, last } = await readFive(storage)
    await lose(context, storage, STREAM, 2)
    const older = await reopenUnchecked(context, storage)
    for (let i = 0; i < 10; i++) await grow(older, STREAM)
    await older.leases.save(leaseAt(storage, range, last), 'ifAbsent')
    await assert.rejects(context.reopen(storage), { code: 'LogDiverged' })
  },

  'accepting a complete log changes nothing': async ({ open, reopen }) => {
    const storage = await open()
    const { range, last } = await readFive(storage)
    await storage.leases.save(leaseAt(storage, range, last), 'ifAbsent')
    const other = await reopen(storage, { acceptDivergedLog: true })
    assert.equal(other.incarnation, storage.incarnation)
  },

  'leases of another incarnation, and those at the start, are not compared': async (context) => {
    const storage = await context.open()
    const { range, last } = await readFive(storage)
    const lease = leaseAt(storage, range, last)
    await storage.leases.save({ ...lease, incarnation: 'another' }, 'ifAbsent')
    const start = { ...lease, id: leaseId('q', 1, range), projection: 'q', continuation: null, readTo: 0 }
    await storage.leases.save(start, 'ifAbsent')
    await lose(context, storage, STREAM, 2)
    assert.equal((await context.reopen(storage)).incarnation, storage.incarnation)
  },
})

type Context = Parameters<Parameters<typeof casesOf>[1][string]>[0]

function lose({ loseTail }: Context, storage: StoragePort, streamId: string, from: number): Promise<void> {
  assert.ok(loseTail, 'the adapter provides no loseTail, which these cases need')
  return loseTail(storage, streamId, from)
}

/** Another handle, before any lease names what was lost. */
const reopenUnchecked = ({ reopen }: Context, storage: StoragePort): Promise<StoragePort> => reopen(storage)

const isOlderLog = ({ code }: { readonly code?: unknown }): boolean =>
  code === 'LogDiverged' || code === 'TidemarkAheadOfLog'

async function readFive(storage: StoragePort): Promise<{ readonly range: FeedRange; readonly last: FeedPage }> {
  for (let i = 0; i < 5; i++) await grow(storage, STREAM)
  const range = await rangeOfStream(storage, STREAM)
  return { range, last: (await pagesOf(storage, range, 'start', 2)).at(-1) as FeedPage }
}

const leaseAt = (
  { incarnation }: StoragePort,
  range: FeedRange,
  { continuation, readTo }: FeedPage,
): LeaseDocument => ({
  id: leaseId('p', 1, range),
  projection: 'p',
  version: 1,
  range,
  owner: null,
  expiresAt: 0,
  continuation,
  readTo,
  incarnation,
})
