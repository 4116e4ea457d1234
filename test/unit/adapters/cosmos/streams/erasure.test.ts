import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import { deleteStream } from '../../../../../src/core/append/delete-stream.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { event } from '../../../../../src/testing/conformance/support/events.ts'

const SECRET = 'of-a-person'

test('a stream that is deleted leaves nothing of what its events contained, not even their salts', async () => {
  const client = new CosmosClient(cosmosEmulator())
  onTestFinished(() => client.dispose())
  await using port = await openCosmosPort(client, { database: 'd', setup: true })
  const all = async () => (await client.database('d').container('events').items.readAll().fetchAll()).resources
  const stamped = (id: string) => ({
    ...event(id, { name: SECRET }),
    metadata: { eventId: id, note: SECRET, salt: SECRET, mac: SECRET },
  })
  await port.events.append('a:1', [stamped('x'), stamped('y')], { expectedVersion: 0 })
  expect(JSON.stringify(await all()).split(SECRET)).toHaveLength(1 + 2 * 4)
  await deleteStream(port, 'a:1')
  const left = await all()
  expect(new Set(left.map(({ eventType }) => eventType))).toEqual(new Set(['$husk', '$tombstone']))
  expect(JSON.stringify(left)).not.toContain(SECRET)
})
