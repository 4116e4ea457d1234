import { expect, it } from 'vitest'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { changeVersionRecord, readVersionRecord } from '../../../src/views/version-record.ts'
import { withViews } from '../../../src/views/with-views.ts'
import { note, notes, placeOf, storeLease, storeView } from './support.ts'

const announce = (port: ReturnType<typeof openMemory>) =>
  changeVersionRecord(port, 'notes', () => ({ active: 1, handover: { to: 2, id: 'a' }, versions: {} }))

const complete = (port: ReturnType<typeof openMemory>) =>
  changeVersionRecord(port, 'notes', () => ({ active: 2, versions: {} }))

it('readers wait for a switch that is under way, and then see the new version', async () => {
  const port = openMemory()
  await using storage = withViews(port)
  const position = await note(port, 's:1')
  const { at, range } = await placeOf(port, position)
  for (const version of [1, 2]) {
    await storeView(port, 'k', version, { version, tidemarks: [{ ...range, ...at }] })
    await storeLease(port, range, at.lsn, { version })
  }
  await announce(port)
  const reads = [
    storage.views.get(notes, 'k'),
    storage.views.waitFor(notes, 'k', position),
    storage.views.query(notes).then(({ items }) => items[0]),
  ]
  const early = await Promise.race([...reads, new Promise((resolve) => setTimeout(resolve, 100, 'none'))])
  expect(early).toBe('none')
  await complete(port)
  expect(await Promise.all(reads)).toEqual([{ n: 2 }, { n: 2 }, { n: 2 }])
})

it('readers take a switch back that nobody completes', async () => {
  const port = openMemory()
  await using storage = withViews(port)
  await storeView(port, 'k', 1)
  await announce(port)
  expect(await storage.views.get(notes, 'k')).toEqual({ n: 1 })
  expect((await readVersionRecord(port.viewStore, 'notes'))?.document).toEqual({ active: 1, versions: {} })
}, 10_000)

it('readers take it back also where their clock goes back meanwhile', async () => {
  const port = openMemory()
  let now = Date.UTC(2026, 0, 1)
  const sleep = async () => {
    now -= 3_600_000
  }
  await using storage = withViews(port, { clock: { now: () => now, sleep } })
  await storeView(port, 'k', 1)
  await announce(port)
  expect(await storage.views.get(notes, 'k')).toEqual({ n: 1 })
  expect((await readVersionRecord(port.viewStore, 'notes'))?.document).toEqual({ active: 1, versions: {} })
})

it('pages of a version that was dropped do not seem to end', async () => {
  await using storage = withViews(openMemory())
  for (const key of ['a', 'b']) await storeView(storage, key, 1)
  const entry = { since: '', texts: [] }
  await changeVersionRecord(storage, 'notes', () => ({ active: 1, versions: { 1: entry } }))
  const { next } = await storage.views.query(notes, { limit: 1 })
  await changeVersionRecord(storage, 'notes', () => ({ active: 2, versions: { 1: entry, 2: entry } }))
  expect((await storage.views.query(notes, { after: next as string })).items).toHaveLength(1)
  await changeVersionRecord(storage, 'notes', () => ({ active: 2, versions: { 2: entry } }))
  await expect(storage.views.query(notes, { after: next as string })).rejects.toMatchObject({ code: 'InvalidQuery' })
})
