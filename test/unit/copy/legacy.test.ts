import { CosmosClient } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { openCosmosPort } from '../../../src/adapters/cosmos/index.ts'
import { moveLog } from '../../../src/copy/copy-and-verify.ts'
import { cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { event } from '../../../src/testing/conformance/support/events.ts'
import { memory } from './storages.ts'
import { logOf } from './whole-log.ts'

it('events without metadata, as the .NET demo writes them, are copied with what is made up for them', async () => {
  const { endpoint, key, httpClient } = cosmosEmulator({ partitions: 2 })
  const client = new CosmosClient({ endpoint, key, httpClient })
  await using source = await openCosmosPort(client, { database: 'demo', setup: true })
  const { items } = client.database('demo').container('events')
  for (const streamId of ['meter:1', 'meter:2']) {
    const document = (version: number) => ({
      id: `${streamId}:${version}`,
      stream: { id: streamId, version },
      eventType: 'MeterRegistered',
      eventData: { meterId: streamId },
    })
    await items.create(document(1))
    const creates = [2, 3].map((version) => ({ operationType: 'Create', resourceBody: document(version) }) as const)
    await items.batch(creates, streamId)
  }
  await source.events.append('meter:1', [event()], { expectedVersion: 3 })

  await using target = await memory()
  const { verification } = await moveLog({ source, target })
  expect(verification).toMatchObject({ differences: [], target: { events: 7 } })
  expect(await logOf(target)).toEqual(await logOf(source))
  const found = await target.events.findAppend('meter:2', 'meter:2:2')
  expect(found?.events.map(({ stream }) => stream.version)).toEqual([2, 3])
  client.dispose()
})
