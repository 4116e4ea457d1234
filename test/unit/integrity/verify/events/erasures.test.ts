import { expect, test } from 'vitest'
import { systemClock } from '../../../../../src/core/clock.ts'
import { streamSalts } from '../../../../../src/integrity/chain/sealing/stream-salts.ts'
import { verifyChain } from '../../../../../src/integrity/verify/verify-chain.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { aChain, anEvent } from '../../../../support/integrity/a-chain.ts'

// Anybody may put other events in the place of those that nothing can be compared with.
test.for(['feed', 'stream'] as const)(
  'events without a salt that are left of a stream that ended hours ago are a gap, by %s',
  async (by) => {
    const storage = openMemory({ ranges: 1 })
    const chain = aChain(storage)
    await storage.events.append('meter:1', [anEvent({}, { salted: false })], { expectedVersion: 'any' })
    await chain.seal()
    await storage.events.tombstone('meter:1', anEvent(), { expectedVersion: 1 })
    await streamSalts(chain.ledger).erase(['meter:1'])
    await chain.seal()
    await chain.signHead()
    expect(await chain.verify({ by, grace: 0 })).toMatchObject({ result: 'clean', findings: [] })
    const clock = { ...systemClock, now: () => systemClock.now() + 2 * 3_600_000 }
    const report = await verifyChain({ ...chain.context, clock }, { trust: chain.trust(), by, grace: 0 })
    const place = { severity: 'gap', streamId: 'meter:1', version: 1, block: 0 }
    expect(report).toMatchObject({ result: 'gaps', findings: [{ code: 'eventExtra', ...place }] })
  },
)

test('an event that was read before it was erased, and then not sealed, is no finding', async () => {
  const storage = openMemory({ ranges: 1 })
  const chain = aChain(storage)
  await storage.events.append('meter:1', [anEvent()], { expectedVersion: 0 })
  await chain.seal()
  await storage.events.append('meter:1', [anEvent(), anEvent()], { expectedVersion: 1 })
  await storage.events.tombstone('meter:1', anEvent(), { expectedVersion: 3 })
  await storage.events.append('meter:2', [anEvent()], { expectedVersion: 0 })
  await chain.signHead()
  const { feed } = storage
  // The sealer reads what the erasure left, after the verification has read what was there before.
  let isRead = false
  const read: typeof feed.read = async (...options) => {
    const page = await feed.read(...options)
    if (isRead) return page
    isRead = true
    await storage.events.erase('meter:1')
    await chain.seal()
    return page
  }
  const context = { ...chain.context, storage: { ...storage, feed: { ...feed, read } } }
  const report = await verifyChain(context, { trust: chain.trust() })
  expect(report).toMatchObject({ result: 'clean', findings: [], events: 3, erased: { streams: 1 } })
})
