import { beforeEach, describe, expect, test } from 'vitest'
import { deleteStream } from '../../../../../src/core/append/delete-stream.ts'
import type { NewEventDocument } from '../../../../../src/core/port/event-document.ts'
import type { StoragePort } from '../../../../../src/core/port/storage.ts'
import { leafOf } from '../../../../../src/integrity/chain/leaf.ts'
import { saltIn, streamSalts } from '../../../../../src/integrity/chain/sealing/stream-salts.ts'
import type { ChainEnd } from '../../../../../src/integrity/ledger/blocks/block.ts'
import { openTree } from '../../../../../src/integrity/ledger/tree/open-tree.ts'
import { hashText } from '../../../../../src/integrity/merkle/hash.ts'
import { type Chain, openChain } from '../../../../../src/integrity/open-chain.ts'
import { type MemoryStorage, openMemory } from '../../../../../src/testing/memory/index.ts'
import { compareWithLog } from '../../../../../src/testing/simulate/chain/compare-with-log.ts'
import { readPlainChain } from '../../../../../src/testing/simulate/chain/plain-chain.ts'

let storage: MemoryStorage
let chain: Chain

beforeEach(async () => {
  storage = openMemory({ ranges: 3, turn: async () => {} })
  chain = await openChain(storage, { origin: 'acme/meters' })
})

let count = 0
const event = (salt?: string): NewEventDocument => ({
  eventType: 'read',
  eventData: { n: ++count },
  metadata: { eventId: crypto.randomUUID(), ...(salt !== undefined && { salt }) },
})

async function append(to: StoragePort, streams: number, each = 1): Promise<void> {
  for (let i = 0; i < streams; i++) {
    await to.events.append(
      `thing:${i}`,
      Array.from({ length: each }, () => event()),
      { expectedVersion: 'any' },
    )
  }
}

/** What is wrong with the chain, given that everything is sealed. */
async function faults(of: Chain = chain): Promise<readonly string[]> {
  const { ledger } = of.context
  return compareWithLog(await readPlainChain(ledger), of.context.storage, ledger, true)
}

describe('sealing everything', () => {
  test('seals each event of all ranges once', async () => {
    await append(storage, 20, 3)
    expect(await chain.sealNow()).toMatchObject({ events: 60 })
    expect(await faults()).toEqual([])
    expect(await chain.sealNow()).toEqual({ events: 0, blocks: 0 })
    await append(storage, 30)
    expect(await chain.sealNow()).toMatchObject({ events: 30 })
    expect(await faults()).toEqual([])
  })

  test('makes no salt for a stream whose end is sealed, whoever still has its events from before', async () => {
    const { ledger } = chain.context
    await streamSalts(ledger).erase(['thing:0'])
    await streamSalts(ledger).of(['thing:0', 'thing:1'])
    expect(saltIn((await ledger.get('salt', 'thing:0'))?.document)).toBeUndefined()
    expect(saltIn((await ledger.get('salt', 'thing:1'))?.document)).toBeDefined()
  })

  test('in a log that grew without salts, salts the leaves of each stream', async () => {
    await append(storage, 3, 2)
    await chain.sealNow()
    const salt = (await chain.context.ledger.get('salt', 'thing:1'))?.document.salt
    expect(salt).toMatch(/^[\w-]{22}$/)
    const { leaves } = await readPlainChain(chain.context.ledger)
    const { events } = await storage.events.load('thing:1')
    expect(events.map((one) => hashText(leafOf(one, salt as string)))).toEqual(
      [1, 2].map((version) => leaves.get(`thing:1@${version}`)?.leaf),
    )
  })

  test('needs no salt of a stream whose events have their own', async () => {
    await storage.events.append('thing:1', [event('its own')], { expectedVersion: 0 })
    await chain.sealNow()
    expect(await chain.context.ledger.get('salt', 'thing:1')).toBeUndefined()
    expect(await faults()).toEqual([])
  })

  test('erases the salt of a stream whose end it seals, for good', async () => {
    await append(storage, 2, 2)
    await chain.sealNow()
    await deleteStream(storage, 'thing:0')
    await chain.sealNow()
    expect((await chain.context.ledger.get('salt', 'thing:0'))?.document).toEqual({})
    expect(saltIn((await chain.context.ledger.get('salt', 'thing:1'))?.document)).toBeDefined()
    expect(await faults()).toEqual([])
    await streamSalts(chain.context.ledger).of(['thing:0'])
    expect((await chain.context.ledger.get('salt', 'thing:0'))?.document).toEqual({})
  })

  test('continues the chain of a range that was split with those of its parts', async () => {
    await append(storage, 20)
    await chain.sealNow()
    storage.split('2AAAAAAA')
    storage.split('80000000')
    await append(storage, 40)
    await chain.sealNow()
    expect(await faults()).toEqual([])
  })

  test('cuts what does not fit into one block', async () => {
    await append(storage, 8, 900)
    await chain.sealNow()
    const { blocks } = await readPlainChain(chain.context.ledger)
    expect(blocks.length).toBeGreaterThan(1)
    for (const { header, body } of blocks) {
      expect(header.parts.reduce((sum, { events }) => sum + events, 0)).toBeLessThanOrEqual(4096)
      expect(JSON.stringify(body).length).toBeLessThan(300_000)
    }
    expect(await faults()).toEqual([])
  })

  test('tells its progress, and ends with the reason of its signal', async () => {
    await append(storage, 9)
    const told: number[] = []
    await chain.sealNow({ onProgress: (events) => told.push(events) })
    expect(told.at(-1)).toBe(9)
    const reason = new Error('enough')
    await expect(chain.sealNow({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('the status of a chain', () => {
  test('says what is sealed and what is not', async () => {
    expect(await chain.status()).toMatchObject({
      size: 0,
      events: 0,
      sealedAt: null,
      isOfThisLog: true,
      restarted: null,
    })
    await append(storage, 6)
    await chain.sealNow()
    await append(storage, 4)
    const status = await chain.status()
    expect(status).toMatchObject({ origin: 'acme/meters', generation: 1, events: 6 })
    expect(status.ranges.map(({ range }) => range)).toEqual(await storage.feed.ranges())
    expect(status.ranges.reduce((sum, { unsealed }) => sum + (unsealed ?? 0), 0)).toBe(4)
  })
})

describe('a chain of another incarnation of the log', () => {
  let restored: MemoryStorage

  beforeEach(async () => {
    await append(storage, 6)
    await chain.sealNow()
    // What a restore, a copy or a new database has: another log beside the same ledger.
    restored = openMemory({ turn: async () => {} })
    await append(restored, 3)
    chain = await openChain(restored, { origin: 'acme/meters', ledger: storage })
  })

  test('is not continued', async () => {
    await expect(chain.sealNow()).rejects.toMatchObject({ code: 'ChainOfAnotherLog' })
    expect(await chain.status()).toMatchObject({ events: 6, isOfThisLog: false })
  })

  test('is followed by a new one that names it and the reason for ever', async () => {
    const { size, root } = await openTree(chain.context.ledger)
    await chain.restart('Restored the backup of Monday; the events of Tuesday are lost')
    expect(chain.context.origin).toBe(`acme/meters/${encodeURIComponent(restored.incarnation)}`)
    await chain.sealNow()
    expect(await faults()).toEqual([])
    expect(await chain.status()).toMatchObject({
      generation: 2,
      events: 3,
      isOfThisLog: true,
      restarted: {
        origin: 'acme/meters',
        size,
        root: hashText(root()),
        reason: 'Restored the backup of Monday; the events of Tuesday are lost',
      },
    })
    await expect(chain.restart('again')).rejects.toMatchObject({ code: 'InvalidOption' })
  })

  test('is continued by every process once one of them has restarted it', async () => {
    const other = await openChain(restored, { origin: 'acme/meters', ledger: storage })
    await expect(other.sealNow()).rejects.toMatchObject({ code: 'ChainOfAnotherLog' })
    await chain.restart('restored')
    expect(await other.sealNow()).toMatchObject({ events: 3 })
  })

  test('is found by who opened the ledger before it had a block, and can be restarted', async () => {
    const ledger = openMemory()
    const early = await openChain(restored, { origin: 'acme/meters', ledger })
    expect(await early.status()).toMatchObject({ isOfThisLog: true, events: 0 })
    await (await openChain(storage, { origin: 'acme/meters', ledger })).sealNow()
    expect(await early.status()).toMatchObject({ isOfThisLog: false, events: 6 })
    await early.restart('restored')
    expect(await early.sealNow()).toMatchObject({ events: 3 })
    expect(await early.status()).toMatchObject({ generation: 2, isOfThisLog: true })
  })

  test('is not restarted without a reason', async () => {
    await expect(chain.restart(' ')).rejects.toMatchObject({ code: 'InvalidOption' })
    expect(chain.context.ledger.generation).toBe(1)
  })
})

test('a chain whose last blocks are missing is not continued, but may be restarted', async () => {
  await append(storage, 6)
  await chain.sealNow()
  await append(storage, 6)
  await chain.sealNow()
  storage.state.views.delete(`$chain:1:${await chain.context.ledger.last()}`)
  const reopened = await openChain(storage, { origin: 'acme/meters' })
  await expect(reopened.sealNow()).rejects.toMatchObject({ code: 'LedgerDamaged' })
  await reopened.restart('The last block was lost')
  await reopened.sealNow()
  expect(await faults(reopened)).toEqual([])
})

test('a chain is continued rightly although its state names wrong ends', async () => {
  await append(storage, 6)
  await chain.sealNow()
  await append(storage, 6)
  await chain.sealNow()
  const stored = storage.state.views.get('$chain:1:state')
  const document = JSON.parse(stored?.json as string)
  for (const change of [
    { ends: [] },
    { ends: document.content.ends.map((end: ChainEnd) => ({ ...end, to: { ...end.to, lsn: 0 } })) },
    { ends: document.content.ends.map((end: ChainEnd) => ({ ...end, continuation: 'start' })) },
    { ends: document.content.ends.slice(1) },
  ]) {
    const content = { ...document.content, ...change }
    storage.state.views.set('$chain:1:state', {
      etag: stored?.etag as string,
      json: JSON.stringify({ ...document, content }),
    })
    await append(storage, 6)
    const reopened = await openChain(storage, { origin: 'acme/meters' })
    await reopened.sealNow()
    expect(await faults(reopened)).toEqual([])
  }
})

test.each(['', 'two words', 'a+b', 'x'.repeat(201)])('a chain is not opened with the origin "%s"', async (origin) => {
  await expect(openChain(storage, { origin })).rejects.toMatchObject({ code: 'InvalidOrigin' })
})
