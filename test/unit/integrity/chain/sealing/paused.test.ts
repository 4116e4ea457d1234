import { expect, test, vi } from 'vitest'
import { savePause } from '../../../../../src/core/leases/pauses.ts'
import { SEALING_LEASES, sealing } from '../../../../../src/integrity/chain/sealing/sealing.ts'
import { openChain } from '../../../../../src/integrity/open-chain.ts'
import { startProcessor } from '../../../../../src/processor/processor.ts'
import { openMemory } from '../../../../../src/testing/memory/index.ts'
import { anEvent } from '../../../../support/integrity/a-chain.ts'

test('sealing that is paused reads nothing, says so in the status, and seals everything once it is resumed', async () => {
  await using storage = openMemory()
  const chain = await openChain(storage, { origin: 'acme/meters' })
  await savePause(storage, SEALING_LEASES, '2026-01-01T00:00:00.000Z')
  const timing = { leaseDuration: 300, renewInterval: 20, pollInterval: 20 }
  const processor = await startProcessor(storage, [sealing(chain, { maxAge: 0 })], timing)
  const ranges = async () => (await processor.status()).ranges
  await storage.events.append('meter:a', [anEvent()], { expectedVersion: 0 })
  await vi.waitFor(async () => expect((await ranges()).map(({ state }) => state)).toContain('paused'), 5_000)
  expect((await ranges())[0]?.pausedSince).toBe('2026-01-01T00:00:00.000Z')
  expect((await chain.summary()).size).toBe(0)
  await savePause(storage, SEALING_LEASES, null)
  await vi.waitFor(async () => expect((await chain.summary()).events).toBe(1), 5_000)
  await processor.stop()
})
