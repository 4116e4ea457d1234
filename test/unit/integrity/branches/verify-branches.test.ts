import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEmbeddedPort } from '../../../../src/adapters/embedded/index.ts'
import { deleteStream } from '../../../../src/core/append/delete-stream.ts'
import type { JsonObject } from '../../../../src/core/json/json.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { sealBranch } from '../../../../src/integrity/branches/seal-branch.ts'
import type { Chain } from '../../../../src/integrity/open-chain.ts'
import { withSeals } from '../../../../src/integrity/seals/with-seals.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { storages } from '../../../support/projecting/storages.ts'
import { foldAll, noting } from '../../processor/parking/support.ts'
import { append, overall, perStream } from '../../processor/support.ts'
import { KEY, replay, tamper } from '../seals/support.ts'
import { chainOf, checkBranches } from './support.ts'

const which = { projection: 'per-stream', version: 1 }
const ref = (key: string) => ({ ...which, key })
const projections = [perStream]

const STREAMS = Array.from({ length: 30 }, (_, i) => `s:${String(i).padStart(2, '0')}`)

async function filled(port: StoragePort): Promise<Chain> {
  for (const stream of STREAMS) await append(port, stream, [1, 2])
  await foldAll(port, perStream)
  return await chainOf(port)
}

const documentOf = async (port: StoragePort, key: string) =>
  (await port.viewStore.get(ref(key)))?.document as ViewDocument

const raised = (view: ViewDocument): ViewDocument => ({
  ...view,
  tidemarks: view.tidemarks.map((mark) => ({ ...mark, lsn: mark.lsn + 1000 })),
})

describe.each(storages)('the branch of a projection version $name', ({ open }) => {
  test('finds nothing in views that are as they were, moved on, were deleted or came later', async () => {
    await using port = await open()
    const chain = await filled(port)
    const { n } = await sealBranch(chain, which)
    const fresh = { name: 'views:per-stream:1', block: n, count: 30, unchanged: 30, movedOn: 0, added: 0, refolded: 30 }
    expect(await checkBranches(chain, { projections })).toMatchObject({ found: [], branches: [fresh] })
    await append(port, 's:00', [3])
    await append(port, 's:01', [])
    await append(port, 's:99', [3])
    await deleteStream(port, 's:02')
    await foldAll(port, perStream)
    expect(await checkBranches(chain, { projections })).toMatchObject({
      found: [],
      branches: [{ unchanged: 27, movedOn: 3, added: 1, unproven: 0 }],
    })
  })

  test('tells views that were changed, deleted, put back or made up', async () => {
    await using port = await open()
    const chain = await filled(port)
    const old = await documentOf(port, 's:03')
    await append(port, 's:03', [3])
    await foldAll(port, perStream)
    await sealBranch(chain, which)
    await tamper(port, ref('s:00'), (view) => ({ ...view, data: { ...view.data, total: 99 } }))
    const found = await port.viewStore.get(ref('s:01'))
    await port.viewStore.remove(ref('s:01'), found?.etag as string)
    await tamper(port, ref('s:02'), (view) => ({ ...view, data: null }))
    await replay(port, old)
    const changed = ['viewChanged per-stream:1:s:00', 'viewMissing per-stream:1:s:01']
    const others = ['viewChanged per-stream:1:s:02', 'viewChanged per-stream:1:s:03']
    expect((await checkBranches(chain)).found).toEqual([...changed, ...others])
    const extra = { ...(await documentOf(port, 's:04')), key: 's:98', id: 'per-stream:1:s:98' }
    await port.viewStore.save(extra, 'ifAbsent')
    expect((await checkBranches(chain)).branches).toMatchObject([{ added: 1 }])
    expect((await checkBranches(chain, { projections })).found).toContain('viewExtra per-stream:1:s:98')
  })
})

let port: StoragePort
beforeEach(() => {
  port = openMemory()
})
afterEach(() => port.close())

test('a raised tidemark passes for a view that moved on, until the view is computed again', async () => {
  const chain = await filled(port)
  await sealBranch(chain, which)
  await tamper(port, ref('s:00'), raised)
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ movedOn: 1 }] })
  expect((await checkBranches(chain, { projections })).found).toEqual(['viewWrong per-stream:1:s:00'])
})

test('with seals, a raised tidemark is found without computing anything', async () => {
  const storage = withSeals(port, { key: KEY })
  const chain = await filled(storage)
  await sealBranch(chain, which)
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ unchanged: 30 }] })
  await tamper(port, ref('s:00'), raised)
  expect((await checkBranches(chain)).found).toEqual(['viewChanged per-stream:1:s:00'])
  await expect(sealBranch(chain, which)).rejects.toMatchObject({ code: 'SealWrong' })
})

test('sealing a changed view takes it as it is, and computing it again finds it', async () => {
  const chain = await filled(port)
  await tamper(port, ref('s:00'), (view) => ({ ...view, data: { ...view.data, total: 99 } }))
  await sealBranch(chain, which)
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ unchanged: 30 }] })
  expect((await checkBranches(chain, { projections })).found).toEqual(['viewWrong per-stream:1:s:00'])
})

test('an old view that was put back after the branch lacks events that the log has', async () => {
  const chain = await filled(port)
  await sealBranch(chain, which)
  await append(port, 's:00', [3])
  await foldAll(port, perStream)
  const old = await documentOf(port, 's:00')
  await append(port, 's:00', [4])
  await foldAll(port, perStream)
  await replay(port, old)
  expect(await checkBranches(chain)).toMatchObject({ found: [], branches: [{ movedOn: 1 }] })
  await new Promise((resolve) => setTimeout(resolve, 5))
  const { found, result } = await checkBranches(chain, { projections })
  expect([found, result]).toEqual([['branchStale per-stream:1:s:00'], 'gaps'])
})

test('what is computed again is a sample that depends on the root', async () => {
  const chain = await filled(port)
  await sealBranch(chain, which)
  const { branches } = await checkBranches(chain, { projections, sample: 0.5 })
  expect(branches[0]?.refolded).toBeGreaterThan(0)
  expect(branches[0]?.refolded).toBeLessThan(30)
  expect((await checkBranches(chain, { projections, sample: 0 })).branches).toMatchObject([{ refolded: 0 }])
})

test('a view is not called wrong for the order of several ranges, or for events that were erased', async () => {
  await using many = openMemory({ ranges: 4 })
  const chain = await chainOf(many)
  const all = noting('noting', { fails: () => false })
  for (let round = 0; round < 3; round++) {
    for (const stream of STREAMS) await append(many, stream, [round])
    await foldAll(many, all)
    await foldAll(many, overall)
  }
  await sealBranch(chain, { projection: 'noting', version: 1 })
  await sealBranch(chain, { projection: 'overall', version: 1 })
  const before = await checkBranches(chain, { projections: [all, overall] })
  expect(before).toMatchObject({
    found: [],
    branches: [
      { refolded: 31, unproven: 1 },
      { refolded: 2, unproven: 0 },
    ],
  })
  await deleteStream(many, 's:00')
  const after = await checkBranches(chain, { projections: [all, overall] })
  expect(after.found).toEqual([])
  expect(after.branches[0]?.unproven).toBeGreaterThan(1)
})

test('a view of other code is not called wrong', async () => {
  const chain = await filled(port)
  await tamper(port, ref('s:00'), (view) => ({ ...view, data: { ...view.data, total: 4 } }))
  await sealBranch(chain, which)
  const other = [{ ...perStream, fingerprint: 'other' }]
  const sealed = withSeals(port, { key: KEY, unsealed: 'accept' })
  await append(sealed, 's:00', [3])
  await foldAll(sealed, perStream)
  expect(await checkBranches(chain, { projections: other })).toMatchObject({
    found: expect.not.arrayContaining(['viewWrong per-stream:1:s:00']),
    branches: [{ unproven: 1 }],
  })
})

test('parked views, and those whose waiting events were folded, are not called changed', async () => {
  const chain = await chainOf(port)
  const poison = { fails: (amount: number) => amount === 7 }
  const projection = noting('noting', poison)
  for (const amount of [1, 7, 2]) await append(port, 's:00', [amount])
  await foldAll(port, projection)
  await sealBranch(chain, { projection: 'noting', version: 1 })
  await append(port, 's:01', [3])
  await foldAll(port, projection)
  expect(await checkBranches(chain, { projections: [projection] })).toMatchObject({ found: [] })
})

test('digests that were edited, or removed, are found', async () => {
  const chain = await filled(port)
  const { branch } = await sealBranch(chain, which)
  const { ledger } = chain.context
  const key = `root-${Buffer.from(branch.root, 'base64').toString('base64url')}`
  const index = (await ledger.get('branch', key))?.document as JsonObject
  const page = await ledger.get('branch', `${index.id}-0`)
  const entries = page?.document.entries as JsonObject[]
  const content = { ...page?.document, entries: entries.slice(1) }
  await ledger.save('branch', `${index.id}-0`, content, { ifMatch: page?.etag as string })
  expect(await checkBranches(chain)).toMatchObject({ found: ['branchWrong views:per-stream:1'], result: 'tampered' })
  await ledger.remove('branch', `${index.id}-0`)
  expect((await checkBranches(chain)).found).toEqual(['branchWrong views:per-stream:1'])
  await ledger.remove('branch', key)
  expect((await checkBranches(chain)).found).toEqual(['branchWrong views:per-stream:1'])
})

test('a version that was dropped is a gap', async () => {
  const chain = await filled(port)
  await sealBranch(chain, which)
  const record = { projection: '$versions', version: 1, key: 'per-stream' }
  const document = { ...record, id: '$versions:1:per-stream', incarnation: port.incarnation, tidemarks: [] }
  await port.viewStore.save({ ...document, data: { active: 2, versions: { 2: { since: '', texts: [] } } } }, 'ifAbsent')
  await port.viewStore.drop('per-stream', 1)
  expect(await checkBranches(chain)).toMatchObject({ found: ['branchStale views:per-stream:1'], result: 'gaps' })
})

test('a view that was removed, changed or moved in the file of a folder is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-branches-'))
  try {
    await using embedded = await openEmbeddedPort(folder)
    const chain = await filled(embedded)
    await sealBranch(chain, which)
    const database = new DatabaseSync(join(folder, 'views.db'))
    const of = (key: string) => `projection = 'per-stream' AND key = '${key}'`
    database.exec(`DELETE FROM views WHERE ${of('s:00')}`)
    database.exec(`UPDATE views SET document = replace(document, '"total":3', '"total":8') WHERE ${of('s:01')}`)
    database.exec(`UPDATE views SET document = (SELECT document FROM views WHERE ${of('s:04')}) WHERE ${of('s:03')}`)
    database.close()
    const found = new Set((await checkBranches(chain)).found)
    const changed = ['viewChanged per-stream:1:s:01', 'viewChanged per-stream:1:s:03']
    expect(found).toEqual(new Set(['viewMissing per-stream:1:s:00', ...changed]))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
