import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { type CosmosOptions, openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { FeedPage } from '../../../../../src/core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../../../../../src/core/port/lease-store.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'
import { between, type Seen } from '../support/between.ts'

const WHOLE = { min: '', max: 'FF' }

async function start() {
  const requests: Seen[] = []
  const inner = cosmosEmulator()
  const emulator = between(inner, (request) => void requests.push(request))
  let ahead = 0
  const timing = {
    now: () => Date.now() + ahead,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(milliseconds, 60_000))
        signal?.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
      }),
  }
  const open = async (options: Partial<CosmosOptions> = {}) => {
    const client = new CosmosClient(emulator)
    onTestFinished(() => client.dispose())
    const port = await openCosmosPort(client, { database: 'd', setup: true, timing, ...options })
    onTestFinished(() => port.close())
    return port
  }
  const forward = (milliseconds: number) => {
    ahead += milliseconds
  }
  return { inner, requests, open, forward }
}

const append = (port: StoragePort, version: number, eventId = `e${version}`) =>
  port.events.append('a:1', [{ eventType: 'E', eventData: {}, metadata: { eventId } }], {
    expectedVersion: version - 1,
  })

const leaseOf = (
  { incarnation }: StoragePort,
  { continuation, readTo }: FeedPage,
  projection = 'p',
): LeaseDocument => ({
  id: leaseId(projection, 1, WHOLE),
  projection,
  version: 1,
  range: WHOLE,
  owner: null,
  expiresAt: 0,
  continuation,
  readTo,
  incarnation,
})

test('the event of a continuation is compared by whoever did not give it, and every ten seconds', async () => {
  const { requests, open, forward } = await start()
  const [port, other] = [await open(), await open()]
  await append(port, 1)
  let page = await port.feed.read(WHOLE, 'start')
  await other.feed.ranges()
  const countOf = async (reader: StoragePort) => {
    requests.length = 0
    page = await reader.feed.read(WHOLE, page.continuation)
    return requests.length
  }
  expect([await countOf(port), await countOf(port)]).toEqual([1, 1])
  expect([await countOf(other), await countOf(other)]).toEqual([2, 1])
  forward(10_000)
  // The ranges are looked at again, too.
  await Promise.all([port.feed.ranges(), other.feed.ranges()])
  expect([await countOf(other), await countOf(other)]).toEqual([2, 1])
})

test('a log that lost its end while a process reads on is noticed, also once it has grown again', async () => {
  const { inner, open, forward } = await start()
  const port = await open()
  for (let version = 1; version <= 4; version++) await append(port, version)
  const page = await port.feed.read(WHOLE, 'start')
  inner.lose('d', 'events', '0', 2)
  const other = await open()
  for (let version = 3; version <= 9; version++) await append(other, version, `other-${version}`)
  forward(10_000)
  await expect(port.feed.read(WHOLE, page.continuation)).rejects.toMatchObject({
    code: 'LogDiverged',
    event: 'a:1@4',
  })
})

test('opening compares the furthest lease of each range, and acceptance begins one new incarnation for all', async () => {
  const { inner, open } = await start()
  const port = await open()
  await append(port, 1)
  const first = await port.feed.read(WHOLE, 'start')
  for (let version = 2; version <= 4; version++) await append(port, version)
  const last = await port.feed.read(WHOLE, first.continuation)
  await port.leases.save(leaseOf(port, first, 'behind'), 'ifAbsent')
  await port.leases.save(leaseOf(port, last), 'ifAbsent')
  await port.leases.save({ ...leaseOf(port, last, 'odd'), continuation: 'nonsense' }, 'ifAbsent')
  await port.leases.save({ ...leaseOf(port, last, '$workers'), range: { min: '', max: '' } }, 'ifAbsent')
  expect((await open()).incarnation).toBe(port.incarnation)
  inner.lose('d', 'events', '0', 3)
  await expect(open()).rejects.toMatchObject({ code: 'LogDiverged', derived: expect.stringContaining('Lease p:1:') })
  const [one, two] = await Promise.all([open({ acceptDivergedLog: true }), open({ acceptDivergedLog: true })])
  expect(one.incarnation).toBe(two.incarnation)
  expect(one.incarnation).not.toBe(port.incarnation)
  expect((await open()).incarnation).toBe(one.incarnation)
  await expect(one.feed.read(WHOLE, last.continuation)).rejects.toMatchObject({ code: 'IncarnationMismatch' })
})

test('an event that no replica shows yet is not missing from the log', async () => {
  const { inner, open } = await start()
  const port = await open()
  inner.staleReads = 9
  await append(port, 1)
  await append(port, 2)
  const page = await port.feed.read(WHOLE, 'start')
  await port.leases.save(leaseOf(port, page), 'ifAbsent')
  const other = await open()
  expect((await other.feed.read(WHOLE, page.continuation)).events).toEqual([])
})
