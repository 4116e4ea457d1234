import { afterEach, beforeEach, expect, test } from 'vitest'
import { repository } from '../../../../src/aggregates/repository.ts'
import { StorageUnavailable } from '../../../../src/core/errors/storage.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { sealBranch } from '../../../../src/integrity/branches/seal-branch.ts'
import { openChain } from '../../../../src/integrity/open-chain.ts'
import { withSeals } from '../../../../src/integrity/seals/with-seals.ts'
import { type MemoryStorage, openMemory } from '../../../../src/testing/memory/index.ts'
import type { StoredDocument } from '../../../../src/testing/memory/state.ts'
import { aChain, found } from '../../../support/integrity/a-chain.ts'
import { until } from '../../../support/projecting/until.ts'
import { account, deposit, open } from '../../aggregates/account.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { append, interposed, perStream } from '../../processor/support.ts'
import { KEY, tamper } from '../seals/support.ts'
import { chainOf, checkBranches } from './support.ts'

const which = { projection: 'per-stream', version: 1 }

let port: MemoryStorage
beforeEach(() => {
  port = openMemory()
})
afterEach(() => port.close())

async function fold(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await append(port, `s:${i}`, [i])
  const [range] = await port.feed.ranges()
  if (range) await foldAll(port, perStream)
}

const digestDocuments = (): number => JSON.stringify([...port.state.views]).split('$chain-branch:1:').length

test('a branch names the one before it, and the digests of that one are removed', async () => {
  await fold(0, 30)
  const chain = await chainOf(port)
  const first = await sealBranch(chain, which)
  expect(first).toMatchObject({ n: 0, branch: { name: 'views:per-stream:1', after: null, count: 30 } })
  const kept = digestDocuments()
  await fold(10, 40)
  expect(await sealBranch(chain, which)).toMatchObject({ n: 1, branch: { after: 0, count: 40 } })
  expect(digestDocuments()).toBe(kept)
  expect(await checkBranches(chain, { projections: [perStream] })).toMatchObject({
    found: [],
    branches: [{ block: 1, unchanged: 40 }],
  })
})

test('a branch of sealed views that did not change has the root of the one before, and keeps its digests', async () => {
  const storage = withSeals(port, { key: KEY })
  await append(storage, 's:0', [1])
  await foldAll(storage, perStream)
  const chain = await chainOf(storage)
  const [first, second] = [await sealBranch(chain, which), await sealBranch(chain, which)]
  expect(second.branch.root).toBe(first.branch.root)
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ block: 1, unchanged: 1 }] })
})

test('several branches of the same views at once are all in the chain, and the last one is verified', async () => {
  await fold(0, 30)
  const chains = await Promise.all([port, port, port].map(chainOf))
  const sealed = await Promise.all(chains.map((chain) => sealBranch(chain, which)))
  expect(sealed.map(({ n }) => n).sort()).toEqual([0, 1, 2])
  expect(await checkBranches(await chainOf(port))).toMatchObject({ found: [], branches: [{ block: 2, unchanged: 30 }] })
  await sealBranch(await chainOf(port), which)
  expect(await checkBranches(await chainOf(port))).toMatchObject({ found: [], branches: [{ block: 3 }] })
})

test('a branch that is interrupted before any of its writes is no finding, and can be repeated', async () => {
  await fold(0, 20)
  await sealBranch(await chainOf(port), which)
  await fold(0, 10)
  let failing = 0
  for (let isDone = false; !isDone; failing++) {
    let writes = 0
    const dying = interposed(port, async (call, next) => {
      const isWrite = call === 'viewStore.save' || call === 'viewStore.remove'
      if (isWrite && ++writes > failing) throw new StorageUnavailable('killed')
      return next()
    })
    isDone = await sealBranch(await chainOf(dying), which).then(
      () => true,
      () => false,
    )
    expect((await checkBranches(await chainOf(port))).found).toEqual([])
    expect(failing).toBeLessThan(40)
  }
  expect(failing).toBeGreaterThan(4)
})

test('a branch of many pages is compared in the order of the keys', async () => {
  for (const key of ['a:\u{1F600}', 'a:\uFF5E', 'a:z', 'a:Z', 'a:é']) await append(port, key, [1])
  await fold(0, 1_100)
  const chain = await chainOf(port)
  expect(await sealBranch(chain, which)).toMatchObject({ branch: { count: 1_105 } })
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ unchanged: 1_105, added: 0 }] })
})

test('snapshots are sealed, and a changed one is named', async () => {
  const accounts = repository(port, account, { snapshots: { every: 1 }, cache: false })
  for (const id of ['1', '2', '3']) await accounts.execute(id, (state) => open(state, 'ann'))
  const versionOf = async (id: string) => (await port.snapshots.get(`account:${id}`))?.version
  await until('there are snapshots', async () => {
    const versions = await Promise.all(['1', '2', '3'].map(versionOf))
    return versions.every((version) => version === 1)
  })
  const chain = await chainOf(port)
  expect(await sealBranch(chain, 'snapshots')).toMatchObject({ branch: { name: 'snapshots', count: 3, of: null } })
  await accounts.execute('2', (state) => deposit(state, 1, 'n'))
  await until('it moved on', async () => (await versionOf('2')) === 2)
  await port.snapshots.remove('account:3')
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ unchanged: 1, movedOn: 2 }] })
  const found = await port.snapshots.get('account:1')
  if (found === undefined) throw new Error('There is no snapshot')
  await port.snapshots.save({ ...found, state: { owner: 'eve', balance: 9, notes: [] } })
  expect((await checkBranches(chain)).found).toEqual(['viewChanged account:1'])
})

test('a branch is not sealed over a view whose seal is missing, and an aborted one leaves no block', async () => {
  const storage = withSeals(port, { key: KEY })
  await append(storage, 's:0', [1])
  await foldAll(storage, perStream)
  await tamper(port, { ...which, key: 's:0' }, ({ seal: _, ...view }) => view as ViewDocument)
  const chain = await chainOf(storage)
  await expect(sealBranch(chain, which)).rejects.toMatchObject({ code: 'SealMissing' })
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(sealBranch(await chainOf(port), which, { signal })).rejects.toThrow('enough')
  expect(await chain.context.ledger.last()).toBe(-1)
})

test('the root of the leaves of its block is verified, although it has none', async () => {
  await fold(0, 3)
  const chain = aChain(port)
  await sealBranch(await openChain(port, { origin: chain.context.origin }), which)
  const block = '$chain:1:0'
  const stored = port.state.views.get(block) as StoredDocument
  const document = JSON.parse(stored.json)
  document.content.header.root = Buffer.alloc(32).toString('base64')
  port.state.views.set(block, { ...stored, json: JSON.stringify(document) })
  port.state.views.delete('$chain:1:state')
  await chain.signHead()
  expect(found(await chain.verify())).toEqual(['rootWrong #0'])
})
