import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { ViewDocument } from '../../../../../src/core/port/view-store.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { between } from '../support/between.ts'

/** An account whose gateway decodes a document's path once more and trims it, so that the signature differs. */
async function start() {
  const emulator = between(cosmosEmulator(), ({ path }) => {
    const id = /\/docs\/(.*)$/s.exec(path)?.[1]
    return id !== undefined && (/%[0-9a-f]{2}/i.test(id) || id !== id.trimEnd()) ? { status: 401 } : undefined
  })
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const port = await openCosmosPort(client, { database: 'd', setup: true })
  onTestFinished(() => port.close())
  return port
}

const IDS = ['cart:50%25off', 'cart:a%20b', 'cart:end ', 'cart:100%', 'cart:%e9', 'cart: begin', 'cart:a+b', 'cart:ü']

const viewOf = (key: string, n: number): ViewDocument => ({
  id: `p:1:${key}`,
  projection: 'p',
  version: 1,
  key,
  data: { n },
  incarnation: 'i',
  tidemarks: [],
})

test.each(IDS)('%j is an id like any other: of a stream, a view, a snapshot and a lease', async (id) => {
  const { events, viewStore, snapshots, leases } = await start()
  const event = { eventType: 'E', eventData: {}, metadata: { eventId: 'e' } }
  const { position } = await events.append(id, [event], { expectedVersion: 0 })
  expect((await events.load(id)).version).toBe(1)
  expect(await events.locate(position)).toMatchObject([{ at: { lsn: 1 } }])

  const ref = { projection: 'p', version: 1, key: id }
  expect(await viewStore.get(ref)).toBeUndefined()
  const created = await viewStore.save(viewOf(id, 1), 'ifAbsent')
  expect(await viewStore.save(viewOf(id, 1), 'ifAbsent')).toEqual({ saved: false })
  const saved = await viewStore.save(viewOf(id, 2), { ifMatch: created.saved ? created.etag : '' })
  expect(await viewStore.save(viewOf(id, 3), { ifMatch: created.saved ? created.etag : '' })).toEqual({ saved: false })
  expect(await viewStore.get(ref)).toEqual({ document: viewOf(id, 2), etag: saved.saved && saved.etag })
  expect([...(await viewStore.getMany('p', 1, [id, 'other'])).keys()]).toEqual([id])
  await viewStore.drop('p', 1)
  expect(await viewStore.get(ref)).toBeUndefined()

  const snapshot = { id, version: 1, state: {}, definition: 'd', incarnation: 'i', takenAt: '2026-01-01T00:00:00.000Z' }
  await snapshots.save(snapshot)
  expect(await snapshots.get(id)).toEqual(snapshot)
  await snapshots.remove(id)
  expect(await snapshots.get(id)).toBeUndefined()
  await snapshots.remove(id)

  const range = { min: '', max: 'FF' }
  const lease = { projection: 'p', version: 1, range, owner: null, expiresAt: 0, readTo: 0, incarnation: 'i' }
  const taken = await leases.save({ ...lease, id, continuation: null }, 'ifAbsent')
  expect(await leases.remove(id, '"0"')).toBe(false)
  expect(await leases.remove(id, taken.saved ? taken.etag : '')).toBe(true)
})
