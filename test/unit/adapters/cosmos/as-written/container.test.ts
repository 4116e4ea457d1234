import { CosmosClient } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { deleteWhole, event } from '../../../../../src/testing/conformance/support/events.ts'
import { checkedFeed } from '../../../../support/tampering/checked-feed.ts'

/** A log of two streams in a container of the emulator, with a client that may do what any client may. */
async function log() {
  const { endpoint, key, httpClient } = cosmosEmulator({ partitions: 2 })
  const client = new CosmosClient({ endpoint, key, httpClient })
  const storage = await openCosmosPort(client, { database: 'x', setup: true })
  await storage.events.append('meter:1', [event('x'), event('y')], { expectedVersion: 0 })
  await storage.events.append('meter:gone', [event('x'), event('y')], { expectedVersion: 0 })
  await deleteWhole(storage, 'meter:gone')
  expect(await checkedFeed(storage)).toMatchObject({ wrong: [], faults: [] })
  const { container } = { container: client.database('x').container('events') }
  return { storage, container }
}

const document = (stream: string, version: number, eventType = 'Happened') => ({
  id: `${stream}:${version}`,
  stream: { id: stream, version },
  eventType,
  eventData: {},
  metadata: { eventId: `forged${version}`, recordedAt: '2030-01-02T03:04:05.678Z' },
  appendId: `forged${version}`,
})

it('an event that was hidden as a placeholder has a fault unless its stream was deleted', async () => {
  const { storage, container } = await log()
  const husk = { ...document('meter:1', 1, '$husk'), appendId: '$husk' }
  await container.items.upsert({ ...husk, metadata: { ...husk.metadata, eventId: '$husk' } })
  expect((await checkedFeed(storage)).wrong).toEqual([
    ['meter:1:1', 'is a placeholder, although its stream was not deleted'],
  ])
})

it('a tombstone with events behind it has a fault', async () => {
  const { storage, container } = await log()
  await container.items.create(document('meter:gone', 4))
  const wrong = [['meter:gone:3', 'is a tombstone with events behind it']]
  expect((await checkedFeed(storage)).wrong).toEqual(wrong)
  expect((await checkedFeed(storage, 1)).wrong).toEqual(wrong)
})

it('documents that are no events, or have fields of others, have a fault, and reading goes on behind them', async () => {
  const { storage, container } = await log()
  await container.items.create({ id: 'note', stream: { id: 'meter:1' } })
  await container.items.create({ ...document('meter:1', 3), shown: 1 })
  await storage.events.append('meter:2', [event('z')], { expectedVersion: 0 })
  for (const limit of [1, 1000]) {
    const { wrong, events } = await checkedFeed(storage, limit)
    expect(wrong.toSorted()).toEqual([
      [':0', 'cannot be read as an event'],
      ['meter:1:3', 'has fields that are not written'],
    ])
    expect(events.map(({ event: { id } }) => id)).toContain('meter:2:1')
  }
})
