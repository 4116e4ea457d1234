import { describe, expect, it } from 'vitest'
import { openCollections, openDatabase } from '../../../../../src/adapters/mongo/client/collections.ts'
import { repeat } from '../../../../../src/adapters/mongo/client/run.ts'
import { compareWithLog } from '../../../../../src/adapters/mongo/identity/compare.ts'
import type { MongoPort } from '../../../../../src/adapters/mongo/index.ts'
import { infoCollection } from '../../../../../src/adapters/mongo/setup/set-up.ts'
import { readInfo, type StorageInfo } from '../../../../../src/adapters/mongo/setup/storage-info.ts'
import type { FeedPage, FeedRange } from '../../../../../src/core/port/change-feed.ts'
import { leaseId } from '../../../../../src/core/port/lease-store.ts'
import { grow } from '../../../../../src/testing/conformance/support/events.ts'
import { pagesOf, wholeFeed } from '../../../../../src/testing/conformance/support/feed.ts'
import { loseTail } from '../../../../support/mongo/lose-tail.ts'
import { onModel } from '../../../../support/mongo-model/on-model.ts'

const RANGE = { min: '', max: 'FF' }

const lastPage = async (port: MongoPort): Promise<FeedPage> => (await pagesOf(port, RANGE)).at(-1) as FeedPage

const lease = ({ incarnation }: MongoPort, { continuation, readTo }: FeedPage, range: FeedRange = RANGE) => ({
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

describe('a continuation', () => {
  it('is refused when its event is there and has another LSN by now', async () => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1')
    const { continuation } = await lastPage(port)
    await grow(port, 'b:1')
    // LSNs are given when the feed is read: a log that was put back to before gives them anew, perhaps the other way round.
    const { events, slots } = openCollections(openDatabase(on.client, 'x'), '')
    await lastPage(port)
    await events.updateOne({ _id: 'a:1:1' }, { $set: { lsn: 2 } })
    await events.updateOne({ _id: 'b:1:1' }, { $set: { lsn: 1 } })
    await slots.updateOne({ _id: 0 }, { $set: { counter: 2 } })
    const other = await on.open()
    expect((await wholeFeed(other)).map(({ event }) => event.id)).toEqual(['b:1:1', 'a:1:1'])
    await expect(other.feed.read(RANGE, continuation)).rejects.toMatchObject({ code: 'LogDiverged' })
    await expect(other.feed.lag(RANGE, continuation)).rejects.toMatchObject({ code: 'LogDiverged' })
  })

  it('from now, or from a time, names the last event before it', async () => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1', 3)
    const now = await port.feed.read(RANGE, 'now')
    const time = await port.feed.read(RANGE, new Date(Date.now() + 3_600_000))
    await loseTail(on.client, 'x', 'a:1', 1)
    const older = await on.open()
    for (let i = 0; i < 5; i++) await grow(older, 'a:1')
    for (const { continuation } of [now, time]) {
      await expect(older.feed.read(RANGE, continuation)).rejects.toMatchObject({ code: 'LogDiverged' })
    }
  })

  it('is asked about once more where a primary that was elected just now may not know yet', async () => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1')
    const { continuation } = await lastPage(port)
    await loseTail(on.client, 'x', 'a:1', 1)
    const other = await on.open()
    await grow(other, 'a:2')
    const asked = () => on.model.commands.filter(({ readConcern }) => readConcern?.level === 'linearizable').length
    const before = asked()
    await expect(other.feed.read(RANGE, continuation)).rejects.toMatchObject({ code: 'LogDiverged' })
    expect(asked() - before).toBe(1)
  })
})

describe('opening', () => {
  it('compares the leases also where nothing is to be set up', async () => {
    await using on = await onModel()
    const port = await on.open()
    for (let i = 0; i < 3; i++) await grow(port, 'a:1')
    await port.leases.save(lease(port, await lastPage(port)), 'ifAbsent')
    await on.open({ setup: false })
    await loseTail(on.client, 'x', 'a:1', 2)
    for (const setup of [true, false]) {
      await expect(on.open({ setup })).rejects.toMatchObject({ code: 'LogDiverged', event: 'a:1@3' })
    }
  })

  it('finds a log that ends before a lease whose last event was erased', async () => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1', 2)
    await grow(port, 'a:1')
    const page = await lastPage(port)
    await port.leases.save(lease(port, page), 'ifAbsent')
    await port.events.tombstone('a:1', { metadata: { eventId: 'end' } }, { expectedVersion: 'any' })
    await port.events.erase('a:1')
    await on.open()
    const { slots } = openCollections(openDatabase(on.client, 'x'), '')
    await slots.updateOne({ _id: 0 }, { $set: { counter: 1 } })
    await expect(on.open()).rejects.toMatchObject({ code: 'TidemarkAheadOfLog', lsn: page.readTo, head: 1 })
    // Not before the primary was asked in a way that makes sure.
    expect(
      on.model.commands.some(({ find, readConcern }) => find === 'slots' && readConcern?.level === 'linearizable'),
    ).toBe(true)
  })

  it('is accepted once by many at once, and by a repeat whose answer was lost', async () => {
    await using on = await onModel()
    const port = await on.open()
    for (let i = 0; i < 3; i++) await grow(port, 'a:1')
    await port.leases.save(lease(port, await lastPage(port)), 'ifAbsent')
    await loseTail(on.client, 'x', 'a:1', 2)
    let cuts = 2
    on.model.decide((name, { update }) =>
      name === 'update' && update === 'storage' && cuts-- > 0 ? 'cutAfter' : undefined,
    )
    const opened = await Promise.all([1, 2, 3].map(() => on.open({ acceptDivergedLog: true })))
    expect(cuts).toBeLessThan(2)
    const incarnations = new Set(opened.map(({ incarnation }) => incarnation))
    expect(incarnations.size).toBe(1)
    expect([...incarnations]).not.toContain(port.incarnation)
    await expect(opened[0]?.feed.read(RANGE, (await lastPage(port)).continuation)).rejects.toMatchObject({
      code: 'IncarnationMismatch',
    })
  })

  it('does not accept again what another process accepted since it looked', async () => {
    await using on = await onModel()
    const port = await on.open()
    for (let i = 0; i < 3; i++) await grow(port, 'a:1')
    await port.leases.save(lease(port, await lastPage(port)), 'ifAbsent')
    await loseTail(on.client, 'x', 'a:1', 2)
    const database = openDatabase(on.client, 'x')
    const compared = { collections: openCollections(database, ''), storage: infoCollection({ database, prefix: '' }) }
    const before = (await readInfo(compared.storage)) as StorageInfo
    const accept = () => repeat(on.client, 5000, (attempt) => compareWithLog(compared, attempt, before, true))
    const first = await accept()
    expect(first.incarnation).not.toBe(before.incarnation)
    expect(await accept()).toEqual(first)
  })

  it('passes over what is not Tidemark’s place, and over leases of an older release', async () => {
    await using on = await onModel()
    const port = await on.open()
    await grow(port, 'a:1')
    const page = await lastPage(port)
    const older = `9@${RANGE.min}-${RANGE.max}@${port.incarnation}`
    await port.leases.save({ ...lease(port, page), continuation: older, readTo: 9 }, 'ifAbsent')
    await port.leases.save({ ...lease(port, page), id: 'q', projection: 'q', continuation: '2.nothing' }, 'ifAbsent')
    const worker = { id: '$workers:1', projection: '$workers', version: 1, life: 7 }
    await port.leases.save(worker as unknown as ReturnType<typeof lease>, 'ifAbsent')
    expect((await on.open()).incarnation).toBe(port.incarnation)
    await expect(port.feed.read(RANGE, older)).rejects.toMatchObject({ code: 'TidemarkAheadOfLog', lsn: 9 })
  })
})
