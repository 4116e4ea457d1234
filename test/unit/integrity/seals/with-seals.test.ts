import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openEmbeddedPort } from '../../../../src/adapters/embedded/index.ts'
import { repository } from '../../../../src/aggregates/repository.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import type { ViewDocument } from '../../../../src/core/port/view-store.ts'
import { SEAL_BYTES } from '../../../../src/integrity/seals/seal.ts'
import { sealExisting } from '../../../../src/integrity/seals/seal-existing.ts'
import { withSeals } from '../../../../src/integrity/seals/with-seals.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'
import { storages } from '../../../support/projecting/storages.ts'
import { until, untilCaughtUp } from '../../../support/projecting/until.ts'
import { account, deposit, open } from '../../aggregates/account.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { append, hurriedClock, overall, perStream } from '../../processor/support.ts'
import { KEY, replay, tamper } from './support.ts'

const ref = (key: string) => ({ projection: 'per-stream', version: 1, key })

async function filled(port: StoragePort) {
  const storage = withSeals(port, { key: KEY, chainSize: () => 5 })
  let position = ''
  for (const stream of ['s:c', 's:a', 's:b']) position = await append(storage, stream, [1, 2])
  await foldAll(storage, perStream)
  return { ...storage, position }
}

test.each(storages)('a changed view fails for its readers and for no others: $name', async ({ open: openStorage }) => {
  await using port = await openStorage()
  const { views, viewStore, position } = await filled(port)
  expect((await viewStore.get(ref('s:a')))?.document).toMatchObject({
    definition: perStream.fingerprint,
    seal: { size: 5 },
  })
  await tamper(port, ref('s:a'), (view) => ({ ...view, data: { ...view.data, total: 99 } }))
  const wrong = { code: 'SealWrong', document: 'per-stream:1:s:a', message: expect.not.stringContaining('99') }
  await expect(views.get(perStream, 's:a')).rejects.toMatchObject(wrong)
  await expect(views.query(perStream)).rejects.toMatchObject(wrong)
  expect(await views.get(perStream, 's:b')).toMatchObject({ total: 3 })
  const waits = ['s:a', 's:b'].map((key) => views.waitFor(perStream, key, position))
  expect(await Promise.allSettled(waits)).toMatchObject([{ reason: wrong }, { value: { total: 3 } }])
})

test('a view is not folded on when it was changed, also if its tidemark was raised or its seal removed', async () => {
  const changes: readonly ((view: ViewDocument) => ViewDocument)[] = [
    (view) => ({ ...view, data: { ...view.data, total: 99 } }),
    (view) => ({ ...view, tidemarks: view.tidemarks.map((mark) => ({ ...mark, lsn: mark.lsn + 100 })) }),
    ({ seal: _, ...view }) => view as ViewDocument,
    (view) => ({ ...view, parked: { id: 'x' } }),
  ]
  for (const change of changes) {
    await using port = openMemory()
    const storage = await filled(port)
    await append(storage, 's:a', [3])
    await tamper(port, ref('s:a'), change)
    const before = await port.viewStore.get(ref('s:a'))
    await expect(foldAll(storage, perStream)).rejects.toMatchObject({ code: /^Seal(Wrong|Missing)$/ })
    expect(await port.viewStore.get(ref('s:a'))).toEqual(before)
  }
})

test('a processor reports a changed view and continues when it is put right', async () => {
  await using port = openMemory()
  const storage = await filled(port)
  const before = (await port.viewStore.get(ref('s:a')))?.document as ViewDocument
  await tamper(port, ref('s:a'), (view) => ({ ...view, data: { ...view.data, total: 99 } }))
  await append(storage, 's:a', [3])
  const errors: unknown[] = []
  const processor = await startProcessor(storage, [perStream], {
    onError: (error) => void errors.push(error),
    clock: hurriedClock,
  })
  await until('it is reported', () => errors.length > 0)
  expect(errors[0]).toMatchObject({ code: 'SealWrong', document: 'per-stream:1:s:a' })
  await replay(port, before)
  await untilCaughtUp(port, [perStream], 20_000)
  await processor.stop()
  expect(await storage.views.get(perStream, 's:a')).toMatchObject({ total: 6 })
})

test('a document in the place of another one fails, although its seal is right', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-seals-'))
  try {
    await using port = await openEmbeddedPort(folder)
    const { views, viewStore } = await filled(port)
    const database = new DatabaseSync(join(folder, 'views.db'))
    const document = `(SELECT document FROM views WHERE projection = 'per-stream' AND key = 's:b')`
    database.exec(`UPDATE views SET document = ${document} WHERE projection = 'per-stream' AND key = 's:a'`)
    database.close()
    await expect(views.get(perStream, 's:a')).rejects.toMatchObject({ code: 'SealWrong', document: 'per-stream:1:s:a' })
    const found = await viewStore.getMany('per-stream', 1, ['s:a', 's:b'])
    expect(() => found.get('s:a')?.document).toThrow('per-stream:1:s:a')
    expect(found.get('s:b')?.document.key).toBe('s:b')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('deleted views, views of many ranges and parked views keep right seals', async () => {
  await using port = openMemory({ ranges: 4 })
  const storage = withSeals(port, { key: KEY })
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 20; i++) await append(storage, `s:${i}`, round === 2 && i % 3 === 0 ? [] : [i])
    await foldAll(storage, perStream)
    await foldAll(storage, overall)
  }
  expect(await storage.views.get(overall, 'all')).toMatchObject({ total: expect.any(Number) })
  expect(await storage.views.query(perStream, { limit: 100 })).toMatchObject({ items: { length: 20 } })
  for (const key of ['s:0', 's:1']) {
    const found = (await port.viewStore.get(ref(key)))?.document as ViewDocument
    expect(storage.seals.viewFault(found)).toBeUndefined()
  }
})

test('what a view has room for leaves room for its seal', async () => {
  await using port = openMemory()
  const { limits } = withSeals(port, { key: KEY })
  const view = { ...ref('s:a'), id: 'per-stream:1:s:a', data: {}, incarnation: port.incarnation, tidemarks: [] }
  const definition = perStream.fingerprint
  const storage = withSeals(port, { key: KEY, chainSize: () => Number.MAX_SAFE_INTEGER })
  await storage.viewStore.save({ ...view, definition }, 'ifAbsent')
  const sealed = (await port.viewStore.get(ref('s:a')))?.document
  expect(JSON.stringify(sealed).length - JSON.stringify(view).length).toBeLessThanOrEqual(SEAL_BYTES)
  expect(limits.bytesPerView).toBe(port.limits.bytesPerView - SEAL_BYTES)
})

test('a snapshot that was changed, or has no seal, is reported and not used', async () => {
  await using port = openMemory()
  const errors: unknown[] = []
  const snapshots = { every: 1, onError: (error: unknown) => void errors.push(error) }
  const storage = withSeals(port, { key: KEY })
  const accounts = repository(storage, account, { snapshots, cache: false })
  await accounts.execute('1', (state) => open(state, 'ann'))
  await until('there is a snapshot', async () => (await port.snapshots.get('account:1')) !== undefined)
  const found = await port.snapshots.get('account:1')
  if (found === undefined) throw new Error('There is no snapshot')
  expect(await accounts.load('1')).toMatchObject({ state: { balance: 0 } })
  expect(errors).toEqual([])
  await port.snapshots.save({ ...found, state: { owner: 'eve', balance: 1_000_000, notes: [] } })
  expect(await accounts.load('1')).toMatchObject({ state: { owner: 'ann', balance: 0 } })
  const { seal: _, ...bare } = found
  await port.snapshots.save(bare)
  expect(await accounts.load('1')).toMatchObject({ state: { owner: 'ann' } })
  expect(errors).toMatchObject([{ code: 'SealWrong', document: 'account:1' }, { code: 'SealMissing' }])
  await accounts.execute('1', (state) => deposit(state, 1, 'n'))
  await until('a new snapshot is sealed', async () => {
    const now = await port.snapshots.get('account:1')
    return now?.version === 2 && storage.seals.snapshotFault(now) === undefined
  })
})

test('existing views are refused until they are sealed, unless that is being introduced', async () => {
  await using port = openMemory({ ranges: 2 })
  for (let i = 0; i < 250; i++) await append(port, `s:${i}`, [i])
  await append(port, 's:0', [])
  await foldAll(withViews(port), perStream)
  const strict = withSeals(port, { key: KEY })
  const lenient = withSeals(port, { key: KEY, unsealed: 'accept' })
  await expect(strict.views.get(perStream, 's:1')).rejects.toMatchObject({ code: 'SealMissing' })
  expect(await strict.views.get(perStream, 's:0')).toBeNull()
  expect(await lenient.views.get(perStream, 's:1')).toMatchObject({ total: 1 })
  await append(port, 's:2', [1])
  await foldAll(lenient, perStream)
  await tamper(port, ref('s:2'), (view) => ({ ...view, data: { total: 99 } }))
  await expect(lenient.views.get(perStream, 's:2')).rejects.toMatchObject({ code: 'SealWrong' })
  const which = { projection: 'per-stream', version: 1 }
  expect(await sealExisting(strict, which)).toEqual({ sealed: 248, intact: 0, wrong: { keys: ['s:2'], count: 1 } })
  expect(await sealExisting(strict, which)).toEqual({ sealed: 0, intact: 248, wrong: { keys: ['s:2'], count: 1 } })
  expect(await sealExisting(strict, which, { evenWrong: true })).toMatchObject({ sealed: 1, wrong: { count: 0 } })
  expect(await strict.views.get(perStream, 's:1')).toMatchObject({ total: 1 })
  await foldAll(strict, perStream)
})

test('a storage without seals costs nothing and stores no more', async () => {
  await using port = openMemory()
  await append(port, 's:a', [1])
  await foldAll(withViews(port), perStream)
  const found = (await port.viewStore.get(ref('s:a')))?.document
  expect(found).not.toHaveProperty('seal')
  expect(found).not.toHaveProperty('definition')
})
