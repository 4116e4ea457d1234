import { describe, expect, test } from 'vitest'
import { InvalidOption } from '../../../../src/core/errors/input.ts'
import {
  AnchorUnavailable,
  ForeignOrigin,
  InvalidChainKey,
  InvalidNote,
} from '../../../../src/core/errors/integrity.ts'
import { StorageCorrupt } from '../../../../src/core/errors/storage.ts'
import { verifyChain } from '../../../../src/integrity/verify/verify-chain.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import type { StoredEvent } from '../../../../src/testing/memory/state.ts'
import { aChain, anEvent, found } from '../../../support/integrity/a-chain.ts'

/** A chain over a log of a few streams in two ranges, sealed and signed. */
async function aSealedLog() {
  const storage = openMemory({ ranges: 2 })
  const chain = aChain(storage)
  for (let round = 1; round <= 5; round++) {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await storage.events.append(`meter:${name}`, [anEvent({ round }), anEvent({ round })], { expectedVersion: 'any' })
    }
  }
  await chain.seal({ events: 4 })
  await chain.signHead()
  const stream = (id: string) => {
    const found = storage.state.streams.get(id)
    if (found === undefined) throw new Error(`No stream ${id}`)
    return found
  }
  const edit = (id: string, version: number, change: (json: string) => string) => {
    const { events } = stream(id)
    const event = events[version - 1] as StoredEvent
    events[version - 1] = { ...event, json: change(event.json) }
  }
  return { storage, chain, stream, edit }
}

describe('verifyChain', () => {
  test('finds nothing in a log that nobody touched', async () => {
    const { chain } = await aSealedLog()
    const report = await chain.verify()
    expect(report).toMatchObject({ result: 'clean', findings: [], events: 50, compared: 50, unsealed: 0 })
    expect(report.size).toBeGreaterThan(5)
  })

  test('names the event that was changed', async () => {
    const { chain, edit } = await aSealedLog()
    edit('meter:c', 3, (json) => json.replace('"round":2', '"round":3'))
    const report = await chain.verify()
    expect(report.result).toBe('tampered')
    expect(found(report)).toEqual([expect.stringMatching(/^eventChanged meter:c@3 #\d+$/)])
  })

  test('names the event that was removed', async () => {
    const { chain, stream } = await aSealedLog()
    stream('meter:b').events[4] = null
    expect(found(await chain.verify())).toEqual([expect.stringMatching(/^eventMissing meter:b@5 #\d+$/)])
  })

  test('says that the chain agrees with itself only, if nothing outside was compared', async () => {
    const { chain } = await aSealedLog()
    const report = await chain.verify({ trust: { ...chain.trust(), notes: [] } })
    expect([report.result, found(report)]).toEqual(['gaps', ['untrusted']])
  })

  test('accepts the erasure of a stream, and counts it', async () => {
    const { chain, storage } = await aSealedLog()
    await storage.events.tombstone('meter:a', { metadata: anEvent().metadata }, { expectedVersion: 'any' })
    await chain.seal()
    await storage.events.erase('meter:a')
    const report = await chain.verify()
    expect(report).toMatchObject({ result: 'clean', findings: [], erased: { streams: 1, events: 10 } })
  })

  test('finds that the ledger is not the one of an earlier head, also when it begins after a later one', async () => {
    const { chain, storage } = await aSealedLog()
    const earlier = await chain.signHead()
    await storage.events.append('meter:a', [anEvent()], { expectedVersion: 'any' })
    await chain.seal()
    const since = await chain.signHead()
    const other = (await aSealedLog()).chain
    const trust = { ...chain.trust(), keys: [...chain.trust().keys, ...other.trust().keys] }
    const notes = [earlier, since]
    expect((await chain.verify({ trust: { ...trust, notes }, since })).result).toBe('clean')
    expect(found(await chain.verify({ trust: { ...trust, notes: [...other.notes, since] }, since }))).toContainEqual(
      expect.stringMatching(/^fork #/),
    )
    expect(found(await chain.verify({ trust: { ...trust, notes: other.notes } }))).toContainEqual(
      expect.stringMatching(/^fork #/),
    )
  })

  test('finds a head that no trusted key signed, or with a wrong signature', async () => {
    const { chain } = await aSealedLog()
    const foreign = (await aSealedLog()).chain.trust()
    expect(found(await chain.verify({ trust: { ...chain.trust(), keys: foreign.keys } }))).toContain('signatureMissing')
    const note = chain.notes[0] as string
    const forged = note.replace(/^(— \S+ .{20})(.)/m, (_, before, one) => `${before}${one === 'A' ? 'B' : 'A'}`)
    expect(found(await chain.verify({ trust: { ...chain.trust(), notes: [forged] } }))).toContain('signatureWrong')
  })

  test('refuses the head of another chain, and options that are not valid', async () => {
    const { chain } = await aSealedLog()
    await expect(chain.verify({ trust: { ...chain.trust(), origin: 'acme/other' } })).rejects.toThrow(ForeignOrigin)
    await expect(chain.verify({ trust: { ...chain.trust(), keys: ['junk'] } })).rejects.toThrow(InvalidChainKey)
    await expect(chain.verify({ trust: { ...chain.trust(), notes: ['junk'] } })).rejects.toThrow(InvalidNote)
    await expect(chain.verify({ sample: 2 })).rejects.toThrow(InvalidOption)
    await expect(chain.verify({ grace: Number.NaN })).rejects.toThrow(InvalidOption)
    await expect(chain.verify({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  test('says what is not sealed, and not anchored, once that takes longer than the grace', async () => {
    const { chain, storage } = await aSealedLog()
    await storage.events.append('meter:a', [anEvent(), anEvent()], { expectedVersion: 'any' })
    expect(await chain.verify()).toMatchObject({ result: 'clean', unsealed: 2 })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const late = await chain.verify({ grace: 0 })
    expect([late.result, found(late)]).toEqual(['gaps', ['eventUnsealed meter:a@11']])
    await chain.seal()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const report = await chain.verify({ grace: 0 })
    expect([report.result, found(report)]).toEqual(['gaps', [expect.stringMatching(/^unanchored #\d+$/)]])
  })

  test('says what an anchor that cannot be reached means: a gap', async () => {
    const { chain } = await aSealedLog()
    const anchor = {
      name: 'witness',
      publish: () => Promise.reject(new AnchorUnavailable('down')),
      latest: () => Promise.reject(new AnchorUnavailable('down')),
    }
    const report = await chain.verify({ trust: { ...chain.trust(), notes: [], anchors: [anchor] } })
    expect([report.result, found(report)]).toEqual(['gaps', ['anchorUnavailable', 'untrusted']])
  })

  test('calls back for each finding, lists a hundred of a code, and counts all', async () => {
    const storage = openMemory()
    const chain = aChain(storage)
    await storage.events.append(
      'meter:a',
      Array.from({ length: 150 }, () => anEvent()),
      { expectedVersion: 'any' },
    )
    await chain.seal({ events: 1000 })
    await chain.signHead()
    const { events } = storage.state.streams.get('meter:a') as NonNullable<ReturnType<typeof storage.state.streams.get>>
    for (const [i, event] of events.entries())
      if (event) events[i] = { ...event, json: event.json.replace('Read', 'R') }
    let calls = 0
    const onFinding = () => {
      calls++
      throw new Error('ignored')
    }
    const report = await chain.verify({ onFinding })
    expect([calls, report.findings.length, report.counts]).toEqual([150, 100, { eventChanged: 150 }])
  })

  test('reads ranges that are split, and blocks that are sealed, while it reads the ledger', async () => {
    const { chain, storage } = await aSealedLog()
    const { ledger } = chain
    let isSplit = false
    const splitting: typeof ledger = {
      ...ledger,
      async blocks(from, count) {
        const blocks = await ledger.blocks(from, count)
        if (blocks.length > 0 || isSplit) return blocks
        isSplit = true
        for (const hash of ['10000000', '28000000', '30000000']) storage.split(hash)
        for (const name of 'abcdefgh') {
          await storage.events.append(`meter:${name}`, [anEvent()], { expectedVersion: 'any' })
        }
        await chain.seal()
        return ledger.blocks(from, count)
      },
    }
    const report = await verifyChain({ ...chain.context, ledger: splitting }, { trust: chain.trust() })
    expect(report).toMatchObject({ result: 'clean', findings: [], compared: 58, unsealed: 0 })
  })

  test('reads the tombstones of streams that are deleted before it lists the streams', async () => {
    const { chain, storage } = await aSealedLog()
    const events: typeof storage.events = {
      ...storage.events,
      async *streams(query) {
        await storage.events.tombstone('meter:a', anEvent(), { expectedVersion: 'any' })
        await storage.events.erase('meter:a')
        yield* storage.events.streams(query)
      },
    }
    const report = await verifyChain({ ...chain.context, storage: { ...storage, events } }, { trust: chain.trust() })
    expect(report).toMatchObject({ result: 'clean', findings: [], unsealed: 1 })
  })

  test('finds that events are gone without a tombstone, also when it reads only what was sealed after a head', async () => {
    const { chain, stream } = await aSealedLog()
    const since = chain.notes[0] as string
    await chain.context.storage.events.append('meter:b', [anEvent()], { expectedVersion: 'any' })
    await chain.seal()
    await chain.signHead()
    const b = stream('meter:b')
    b.deleted = true
    b.events[10] = null
    expect(found(await chain.verify({ since }))).toEqual([
      expect.stringMatching(/^deletedWithoutTombstone meter:b@11 #/),
    ])
  })

  test('reports a stream that the storage refuses as a whole, instead of failing', async () => {
    const { chain, storage } = await aSealedLog()
    const events: typeof storage.events = {
      ...storage.events,
      load: async (id, options) =>
        id === 'meter:c' ? Promise.reject(new StorageCorrupt('It lacks events')) : storage.events.load(id, options),
    }
    const broken = { ...chain.context, storage: { ...storage, events } }
    expect(found(await verifyChain(broken, { trust: chain.trust() }))).toEqual(['headWrong meter:c@10'])
    const byStream = await verifyChain(broken, { trust: chain.trust(), by: 'stream' })
    expect(byStream.counts).toEqual({ eventChanged: 10, headWrong: 1 })
  })

  test('does not take a storage that fails for tampering, or for its absence', async () => {
    const { chain, storage } = await aSealedLog()
    const failing = { ...storage, feed: { ...storage.feed, read: () => Promise.reject(new Error('down')) } }
    await expect(verifyChain({ ...chain.context, storage: failing }, { trust: chain.trust() })).rejects.toThrow('down')
  })
})
