import { CosmosClient } from '@azure/cosmos'
import { expect, it } from 'vitest'
import { setUpCosmos } from '../../../src/cosmos.ts'
import { type CosmosRequest, cosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { openWithClient } from '../../../src/open/cosmos/open-with-client.ts'
import { someEvents } from '../../support/embedded/events.ts'

// What Cosmos DB refuses with a token of Entra ID, whatever the role: to change what is not data, and to look at stored
// procedures.
const isManagement = ({ method, path, headers }: CosmosRequest): boolean =>
  /aad/.test(headers.authorization ?? '') &&
  (method === 'GET' ? /\/sprocs/ : /^\/dbs\/?$|\/colls\/?$|\/sprocs\/?$|\/colls\/[^/]+$/).test(path)

const emulatorWithRoles = () => {
  const emulator = cosmosEmulator({
    acceptsToken: () => true,
    faults: (request, response) =>
      response === undefined && isManagement(request) ? { answer: { status: 403, substatus: 5300 } } : undefined,
  })
  const { endpoint, httpClient, key } = emulator
  const getToken = async () => ({ token: 'somebody', expiresOnTimestamp: Date.now() + 3_600_000 })
  return {
    byKey: () => new CosmosClient({ endpoint, httpClient, key }),
    byRole: () => new CosmosClient({ endpoint, httpClient, aadCredentials: { getToken } }),
    address: { endpoint, database: 'meters' },
  }
}

it.each([{ append: 'storedProcedure' }, { append: 'transactionalBatch' }] as const)(
  'uses what was set up by key: %j',
  async (mode) => {
    const { byKey, byRole, address } = emulatorWithRoles()
    await using owner = await openWithClient(byKey(), address, { setting: 'url' })
    await using storage = await openWithClient(byRole(), { ...address, ...mode }, { setting: 'url' })
    expect(storage.incarnation).toBe(owner.incarnation)
    await storage.events.append('a:1', someEvents(2), { expectedVersion: 0 })
    expect(await owner.events.load('a:1')).toMatchObject({ version: 2 })
  },
)

it('says who sets it up where it is not', async () => {
  const { byRole, address } = emulatorWithRoles()
  await expect(openWithClient(byRole(), address, { setting: 'url' })).rejects.toMatchObject({
    code: 'StorageAccessDenied',
    message: expect.stringContaining('run tidemark setup with COSMOS_KEY'),
  })
  await expect(openWithClient(byRole(), address, { setting: 'url', mustExist: true })).rejects.toMatchObject({
    code: 'StorageNotSetUp',
  })
})

it('sets up what is left to do where the containers and procedures were made by other means', async () => {
  const { byKey, byRole, address } = emulatorWithRoles()
  const owner = byKey()
  await setUpCosmos(owner, address)
  await owner.database('meters').container('leases').item('$storage', '$storage').delete()
  owner.dispose()
  await using storage = await openWithClient(byRole(), address, { setting: 'url' })
  await storage.events.append('a:1', someEvents(1), { expectedVersion: 0 })
})
