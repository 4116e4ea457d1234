import { expect, it } from 'vitest'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import { findNeedles } from '../../../support/embedded/needles.ts'
import { cosmosDatabase } from '../../../support/tampering/databases/cosmos.ts'
import { embeddedDatabase } from '../../../support/tampering/databases/embedded.ts'
import { mongoDatabase } from '../../../support/tampering/databases/mongo.ts'
import { anEvent, chainOver } from '../../../support/tampering/sealed-log.ts'

const secret = (n: number) => ({
  eventType: 'Secret',
  eventData: { text: `erased-data-${n} ${'x'.repeat(300)}` },
  metadata: { eventId: `secret-${n}`, salt: `erased-salt-${n}` },
})

it('nothing of an erased stream is in any file of a folder, neither its data nor its salts', async () => {
  await using raw = embeddedDatabase()
  const log = await chainOver(raw)
  const { events } = log.storage
  await events.append('meter:gone', [secret(1), secret(2)], { expectedVersion: 0 })
  await events.append('meter:old', [anEvent({ text: 'old-data' }, { salted: false })], { expectedVersion: 0 })
  await events.append('meter:1', [anEvent({ text: 'kept-data' })], { expectedVersion: 0 })
  await log.seal()
  const salt = (await log.ledger.get('salt', 'meter:old'))?.document.salt as string
  const needles = ['erased-data', 'erased-salt', 'old-data', salt]
  const found = () => new Set(findNeedles(raw.folder, needles).map((line) => line.replace(/^.*: /, '')))
  expect(found()).toEqual(new Set(needles))
  await deleteStream(log.storage, 'meter:gone')
  await deleteStream(log.storage, 'meter:old')
  await log.seal()
  expect(found()).toEqual(new Set())
  expect(findNeedles(raw.folder, ['kept-data'])).not.toEqual([])
  expect(await log.verify()).toMatchObject({ result: 'clean', findings: [], erased: { streams: 2, events: 3 } })
})

it.each([
  ['embedded', embeddedDatabase],
  ['mongo', mongoDatabase],
  ['cosmos', cosmosDatabase],
])('a stream that is erased step by step is never a finding, sealed or not: %s', async (_, open) => {
  await using raw = await open()
  const log = await chainOver(raw)
  const { events } = log.storage
  for (const [i, salted] of [true, false].entries()) {
    const some = [1, 2, 3].map((n) => anEvent({ n }, { salted }))
    await events.append(`meter:${i}`, some, { expectedVersion: 0 })
  }
  await log.seal()
  for (const id of ['meter:0', 'meter:1']) await events.tombstone(id, anEvent({}), { expectedVersion: 3 })
  const isUnremarkable = async (grace: number) =>
    expect(await log.verify({ grace })).toMatchObject({ result: 'clean', findings: [] })
  await isUnremarkable(60_000)
  for (const id of ['meter:0', 'meter:1']) {
    await events.erase(id, { limit: 1 })
    await isUnremarkable(60_000)
  }
  await log.seal()
  await isUnremarkable(0)
  for (const id of ['meter:0', 'meter:1']) {
    await events.erase(id)
    await isUnremarkable(0)
  }
  await log.seal()
  const report = await log.verify()
  expect(report).toMatchObject({ result: 'clean', findings: [], erased: { streams: 2, events: 6 }, compared: 2 })
})

it('a stream whose events and tombstone were sealed in one block is never a finding once it is erased', async () => {
  await using raw = embeddedDatabase()
  const log = await chainOver(raw)
  const { events } = log.storage
  await events.append('meter:1', [anEvent({ n: 1 }), anEvent({ n: 2 })], { expectedVersion: 0 })
  await events.tombstone('meter:1', anEvent({}), { expectedVersion: 2 })
  await log.seal()
  await events.erase('meter:1')
  expect(await log.verify()).toMatchObject({ result: 'clean', findings: [], erased: { streams: 1, events: 2 } })
})
