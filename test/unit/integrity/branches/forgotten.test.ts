import { expect, test } from 'vitest'
import { sealBranch } from '../../../../src/integrity/branches/seal-branch.ts'
import { withSeals } from '../../../../src/integrity/seals/with-seals.ts'
import { cards, openMembers, plans, search } from '../../../support/privacy/members.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { KEY } from '../seals/support.ts'
import { chainOf, checkBranches } from './support.ts'

const projections = [plans, cards, search]

test('without the vault, views that depend on personal data are unproven, and nothing is found', async () => {
  const { storage, log, join } = await openMembers()
  for (const id of ['m-1', 'm-2']) await join(id)
  for (const projection of projections) await foldAll(storage, projection)
  const chain = await chainOf(storage)
  for (const { name, version } of projections) await sealBranch(chain, { projection: name, version })
  const { found, branches } = await checkBranches(await chainOf(log), { projections })
  expect(found).toEqual([])
  expect(branches).toMatchObject([
    { name: 'views:plans:1', refolded: 2, unproven: 0 },
    { name: 'views:cards:1', refolded: 2, unproven: 2 },
    { name: 'views:search:1', refolded: 2, unproven: 2 },
  ])
})

test('forgetting people changes sealed and swept views, and leaves branches and seals without a finding', async () => {
  const world = await openMembers()
  const storage = withSeals(world.storage, { key: KEY })
  for (const id of ['m-1', 'm-2', 'm-3']) await world.join(id)
  for (const projection of projections) await foldAll(storage, projection)
  const chain = await chainOf(storage)
  for (const { name, version } of projections) await sealBranch(chain, { projection: name, version })
  const before = await checkBranches(chain, { projections })
  expect(before).toMatchObject({ found: [], branches: [{ unchanged: 3 }, { unchanged: 3 }, { unchanged: 3 }] })
  await world.forgetFully('m-1')
  for (const projection of projections) await foldAll(storage, projection)
  expect(await storage.views.get(search, 'm-1')).toBeNull()
  expect(await storage.views.get(cards, 'm-1')).toMatchObject({ name: '(forgotten)' })
  const after = await checkBranches(chain, { projections })
  expect(after.found).toEqual([])
  expect(after.branches[2]).toMatchObject({ unchanged: 2, movedOn: 1 })
})
