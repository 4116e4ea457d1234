import type { Document } from 'mongodb'
import { afterAll, expect, it } from 'vitest'
import { openCollections, openDatabase } from '../../../../../src/adapters/mongo/client/collections.ts'
import { deleteWhole, event } from '../../../../../src/testing/conformance/support/events.ts'
import { type OnModel, onModel } from '../../../../support/mongo-model/on-model.ts'
import { checkedFeed } from '../../../../support/tampering/checked-feed.ts'

const STREAM = 'meter:1'
const opened: OnModel[] = []
afterAll(async () => {
  for (const one of opened) await one[Symbol.asyncDispose]()
})

type Collections = ReturnType<typeof openCollections>

/** A log of three streams that was tampered with by the driver, as any shell can. */
async function tampered(change: (collections: Collections) => Promise<unknown>) {
  const on = await onModel()
  opened.push(on)
  const storage = await on.open()
  await storage.events.append(STREAM, [event('x', { a: 1 })], { expectedVersion: 0 })
  await storage.events.append(STREAM, [event('y'), event('z')], { expectedVersion: 1 })
  await storage.events.append('meter:2', [event('x'), event('y')], { expectedVersion: 0 })
  await storage.events.append('meter:gone', [event('x'), event('y')], { expectedVersion: 0 })
  await deleteWhole(storage, 'meter:gone')
  expect(await checkedFeed(storage)).toMatchObject({ wrong: [], faults: [] })
  await change(openCollections(openDatabase(on.client, 'x'), ''))
  const found = await checkedFeed(storage)
  expect((await checkedFeed(storage, 1)).wrong).toEqual(found.wrong)
  return found.wrong
}

const setEvent =
  (version: number, update: Document, stream = STREAM) =>
  ({ events }: Collections) =>
    events.updateOne({ _id: `${stream}:${version}` }, { $set: update })

const setHead =
  (update: Document, stream = STREAM) =>
  ({ streams }: Collections) =>
    streams.updateOne({ _id: stream }, update)

const each = (fault: string, ...versions: number[]) => versions.map((version) => [`${STREAM}:${version}`, fault])

it('an event with a date, NaN or a foreign field has a fault, and the others do not', async () => {
  const change = (value: unknown) => tampered(setEvent(1, { eventData: { a: value } }))
  expect(await change(new Date(0))).toEqual(each('has data or metadata that are not JSON', 1))
  expect(await change(Number.NaN)).toEqual(each('has data or metadata that are not JSON', 1))
  expect(await tampered(setEvent(1, { shown: 1 }))).toEqual(each('has fields that are not written, or lacks some', 1))
})

it('an event that is hidden as a placeholder with data has a fault', async () => {
  expect(await tampered(setEvent(1, { eventType: '$husk' }))).toEqual(each('is a placeholder with data', 1))
})

it('an event with another latest time of its slot has a fault', async () => {
  const fault = 'has another latest time than its slot'
  for (const latest of ['1999-01-01T00:00:00.000Z', '2999-01-01T00:00:00.000Z', 'x']) {
    expect(await tampered(setEvent(1, { latest }))).toContainEqual([`${STREAM}:1`, fault])
  }
})

it('events whose fields of their append do not agree have a fault', async () => {
  const fault = 'does not belong to the append whose LSN it has'
  expect(await tampered(setEvent(3, { append: { id: 'other', first: 3, last: 3 } }))).toEqual(each(fault, 3))
  expect(await tampered(setEvent(3, { append: { id: 'other', first: 2, last: 3 } }))).toEqual(each(fault, 3))
  expect(await tampered(setEvent(2, { append: { id: 'other', first: 1, last: 3 } }))).toContainEqual(each(fault, 2)[0])
})

it('events of a stream that is marked as deleted without a tombstone have a fault', async () => {
  const fault = 'has a stream that is marked as deleted without a tombstone at its end'
  expect(await tampered(setHead({ $set: { deleted: true } }))).toEqual(each(fault, 1, 2, 3))
})

it('events of a stream with another mark of deletion than yes have a fault', async () => {
  const change = (deleted: unknown) => tampered(setHead({ $set: { deleted } as Document }))
  for (const mark of [false, null, 1]) {
    expect(await change(mark)).toEqual(each('has a stream with an invalid mark of deletion', 1, 2, 3))
  }
})

it('the tombstone of a stream that is not marked as deleted has a fault', async () => {
  const wrong = await tampered(setHead({ $unset: { deleted: '' } }, 'meter:gone'))
  expect(wrong).toEqual([
    ['meter:gone:3', 'has a stream that is not marked as deleted, but has a tombstone at its end'],
  ])
})

it('events behind a head that was put back, or before one that was put forward, have a fault', async () => {
  expect(await tampered(setHead({ $set: { version: 2 } }))).toEqual(each('is behind the head of its stream', 3))
  expect(await tampered(setHead({ $set: { version: 9 } }))).toEqual(
    each('has a stream that does not reach its head', 1, 2, 3),
  )
})

it('events of a stream without a head, or with one that was changed otherwise, have a fault', async () => {
  expect(await tampered(({ streams }) => streams.deleteOne({ _id: STREAM }))).toEqual(
    each('has a stream without a head', 1, 2, 3),
  )
  expect(await tampered(setHead({ $set: { shown: 1 } }))).toEqual(
    each('has a stream whose head has fields that are not written', 1, 2, 3),
  )
  expect(await tampered(setHead({ $set: { slot: 3 } }))).toEqual(
    each('has a stream whose head is in another slot', 1, 2, 3),
  )
  expect(await tampered(setHead({ $set: { recordedAt: '2999-01-01T00:00:00.000Z' } }))).toEqual(
    each('has a stream whose head has another time than its last event', 1, 2, 3),
  )
})

it('a tombstone with events behind it has a fault', async () => {
  const wrong = await tampered(async (collections) => {
    await setEvent(2, { eventType: '$tombstone', eventData: {} })(collections)
    await setEvent(3, { eventType: '$tombstone', eventData: {} })(collections)
    await setHead({ $set: { deleted: true } })(collections)
  })
  expect(wrong).toEqual(each('is a tombstone with events behind it', 2))
})
