import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AnchorUnavailable } from '../../../../../src/core/errors/integrity.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { SEALING, sealing } from '../../../../../src/integrity/chain/sealing/sealing.ts'
import type { SealingOptions } from '../../../../../src/integrity/chain/sealing/sealing-options.ts'
import type { Anchor } from '../../../../../src/integrity/heads/anchor.ts'
import { headIn } from '../../../../../src/integrity/notes/head-text.ts'
import { type Chain, openChain } from '../../../../../src/integrity/open-chain.ts'
import { type Processor, type ProcessorOptions, startProcessor } from '../../../../../src/processor/processor.ts'
import { type MemoryStorage, openMemory } from '../../../../../src/testing/memory/index.ts'
import { compareWithLog } from '../../../../../src/testing/simulate/chain/compare-with-log.ts'
import { readPlainChain } from '../../../../../src/testing/simulate/chain/plain-chain.ts'
import { newSigner } from '../../../../support/integrity/signers.ts'
import { untilCaughtUp } from '../../../../support/projecting/until.ts'
import { append as appendTo, overall } from '../../../processor/support.ts'

const ORIGIN = 'acme/meters'
const running: Processor[] = []
let storage: MemoryStorage

beforeEach(() => {
  storage = openMemory({ ranges: 3 })
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((processor) => processor.stop()))
  await storage.close()
})

let count = 0
const event = (): NewEventDocument => ({
  eventType: 'read',
  eventData: { n: ++count },
  metadata: { eventId: crypto.randomUUID(), salt: String(count) },
})

async function append(to: StoragePort, streams: number): Promise<void> {
  const appends = Array.from({ length: streams }, (_, i) =>
    to.events.append(`thing:${i}`, [event(), event()], { expectedVersion: 'any' }),
  )
  await Promise.all(appends)
}

async function worker(of: StoragePort, chain: Chain, sealed: SealingOptions = {}, options: ProcessorOptions = {}) {
  const processor = await startProcessor(of, [sealing(chain, sealed)], options)
  running.push(processor)
  return processor
}

async function faults(chain: Chain): Promise<readonly string[]> {
  const { ledger } = chain.context
  return compareWithLog(await readPlainChain(ledger), chain.context.storage, ledger, true)
}

async function untilSealed(chain: Chain): Promise<void> {
  for (;;) {
    const { ranges } = await chain.status()
    if (ranges.every(({ unsealed }) => unsealed === 0)) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('sealing in a worker', () => {
  test('seals what is in the log and what arrives, each event once', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    await append(storage, 20)
    await worker(storage, chain, { maxAge: 20 })
    await untilSealed(chain)
    await append(storage, 20)
    await untilSealed(chain)
    expect(await faults(chain)).toEqual([])
  })

  test('shows its ranges in the status, with their lag and state', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    await append(storage, 20)
    const processor = await worker(storage, chain, { maxAge: 20 })
    await untilSealed(chain)
    const { ranges } = await processor.status()
    expect(ranges.map(({ projection }) => projection)).toEqual([SEALING, SEALING, SEALING])
    expect(ranges.every(({ position }) => position > 0)).toBe(true)
  })

  test('seals everything that it has read, and what came since, when the worker stops', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    const processor = await worker(storage, chain, { maxAge: 3_600_000 })
    await append(storage, 9)
    await processor.stop()
    expect(await faults(chain)).toEqual([])
  })

  test('is divided among workers, and survives that one of them is lost', async () => {
    const chains = await Promise.all([1, 2].map(() => openChain(storage.reopen(), { origin: ORIGIN })))
    const timing = { leaseDuration: 300, renewInterval: 50, pollInterval: 50 }
    for (const chain of chains) await worker(chain.context.storage, chain, { maxAge: 10 }, timing)
    for (let i = 0; i < 10; i++) {
      await append(storage, 9)
      // As if its machine was gone.
      if (i === 5) await chains[0]?.context.storage.close()
    }
    const chain = await openChain(storage, { origin: ORIGIN })
    await untilSealed(chain)
    expect(await faults(chain)).toEqual([])
  })

  test('follows splits of feed ranges', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    await worker(storage, chain, { maxAge: 10 }, { pollInterval: 20, leaseDuration: 300 })
    for (const hash of ['11111111', '22222222', '33333333', '99999999']) {
      await append(storage, 20)
      storage.split(hash)
      await append(storage, 20)
    }
    await untilSealed(chain)
    expect(await faults(chain)).toEqual([])
  })

  test('runs beside projections', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    const processor = await startProcessor(storage, [overall, sealing(chain, { maxAge: 10 })])
    running.push(processor)
    await appendTo(storage, 's:1', [1, 2])
    await untilCaughtUp(storage, [overall])
    await untilSealed(chain)
    expect(await faults(chain)).toEqual([])
  })

  test('does not believe a lease that is ahead of the chain', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    await append(storage, 20)
    const first = await worker(storage, chain)
    await first.stop()
    await append(storage, 20)
    // Whoever wants events to go unsealed moves the leases past them.
    for (const { document, etag } of await storage.leases.list({ projection: SEALING })) {
      const { continuation } = await storage.feed.read(document.range, 'now')
      await storage.leases.save({ ...document, continuation }, { ifMatch: etag })
    }
    await worker(storage, chain, { maxAge: 10 })
    await untilSealed(chain)
    expect(await faults(chain)).toEqual([])
  })

  test('stops at a chain of another incarnation, says so, and goes on once it is restarted', async () => {
    const chain = await openChain(storage, { origin: ORIGIN })
    await append(storage, 9)
    await chain.sealNow()
    const restored = openMemory({ ranges: 2 })
    await append(restored, 9)
    const foreign = await openChain(restored, { origin: ORIGIN, ledger: storage })
    const errors: unknown[] = []
    const processor = await worker(restored, foreign, {}, { onError: (error) => errors.push(error) })
    while (errors.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await processor.status()).ranges.map(({ state, error }) => [state, error?.code])).toEqual([
      ['stalled', 'ChainOfAnotherLog'],
      ['stalled', 'ChainOfAnotherLog'],
    ])
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(errors).toHaveLength(2)
    await foreign.restart('restored')
    await processor.stop()
    await worker(restored, foreign, { maxAge: 10 })
    await untilSealed(foreign)
    expect(await faults(foreign)).toEqual([])
    await running.pop()?.stop()
    await restored.close()
  })
})

describe('heads', () => {
  test('are signed and published while events are sealed, and when the worker stops', async () => {
    const notes: string[] = []
    const kept: Anchor = {
      name: 'kept',
      publish: async (note) => {
        notes.push(note)
        return note
      },
      latest: async () => notes.at(-1),
    }
    const chain = await openChain(storage, { origin: ORIGIN, signer: newSigner(ORIGIN), anchors: [kept] })
    await append(storage, 9)
    const processor = await worker(storage, chain, { maxAge: 10 })
    await untilSealed(chain)
    while (notes.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await append(storage, 9)
    await processor.stop()
    expect(headIn(notes.at(-1) as string)).toMatchObject({ origin: ORIGIN, size: (await chain.status()).size })
    expect(chain.published?.anchors).toEqual([expect.objectContaining({ name: 'kept', state: 'current' })])
    expect((await chain.status()).heads).toMatchObject({ note: notes.at(-1) })
  })

  test('that no anchor can be reached for do not hold up sealing', async () => {
    const away = async () => {
      throw new AnchorUnavailable('away')
    }
    const anchors = [{ name: 'away', publish: away, latest: away }]
    const chain = await openChain(storage, { origin: ORIGIN, signer: newSigner(ORIGIN), anchors })
    await append(storage, 9)
    await worker(storage, chain, { maxAge: 10 })
    await untilSealed(chain)
    expect((await chain.status()).heads.anchors).toEqual([
      expect.objectContaining({ name: 'away', state: 'unavailable', since: expect.any(String) }),
    ])
    expect(await faults(chain)).toEqual([])
  })
})

test.each([{ maxEvents: 0 }, { maxEvents: 1.5 }, { maxEvents: 10_001 }, { maxAge: -1 }, { maxAge: Number.NaN }])(
  'sealing is not configured with %o',
  async (options) => {
    const chain = await openChain(storage, { origin: ORIGIN })
    expect(() => sealing(chain, options)).toThrow(expect.objectContaining({ code: 'InvalidConfiguration' }))
  },
)
