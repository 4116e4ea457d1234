import { CosmosClient } from '@azure/cosmos'
import { expect, it, onTestFinished } from 'vitest'
import { openCosmosPort } from '../../../../src/adapters/cosmos/index.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { cosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'
import { sealBranch } from '../../../../src/integrity/branches/seal-branch.ts'
import { sealExisting } from '../../../../src/integrity/seals/seal-existing.ts'
import { withSeals } from '../../../../src/integrity/seals/with-seals.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { onModel } from '../../../support/mongo-model/on-model.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { append, perStream } from '../../processor/support.ts'
import { chainOf, checkBranches } from '../branches/support.ts'
import { KEY, tamper } from './support.ts'

const STORAGES: Record<string, () => Promise<StoragePort>> = {
  async 'the emulator of Azure Cosmos DB'() {
    const client = new CosmosClient(cosmosEmulator())
    onTestFinished(() => client.dispose())
    return openCosmosPort(client, { database: 'd', setup: true })
  },
  async 'the model of MongoDB'() {
    const on = await onModel()
    onTestFinished(() => on[Symbol.asyncDispose]())
    return on.open()
  },
}

const which = { projection: 'per-stream', version: 1 }

it.each(Object.entries(STORAGES))('views are sealed, checked and compared with a branch on %s', async (_, open) => {
  await using port = await open()
  for (let i = 0; i < 6; i++) await append(port, `s:${i}`, [i])
  await foldAll(withViews(port), perStream)
  const storage = withSeals(port, { key: KEY })
  expect(await sealExisting(storage, which)).toMatchObject({ sealed: 6, wrong: { count: 0 } })
  await append(storage, 's:1', [10])
  await foldAll(storage, perStream)
  expect(await storage.views.get(perStream, 's:1')).toMatchObject({ total: 11 })
  const chain = await chainOf(storage)
  expect(await sealBranch(chain, which)).toMatchObject({ branch: { count: 6 } })
  expect(await checkBranches(chain, { projections: [perStream] })).toMatchObject({
    found: [],
    branches: [{ unchanged: 6 }],
  })
  await tamper(port, { ...which, key: 's:1' }, (view) => ({ ...view, data: { ...view.data, total: 99 } }))
  await expect(storage.views.get(perStream, 's:1')).rejects.toMatchObject({ code: 'SealWrong' })
  const { found } = await checkBranches(chain)
  expect(JSON.stringify(found)).toContain('s:1')
})
