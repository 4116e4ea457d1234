import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TidemarkError } from '../../../../src/core/errors/base.ts'
import { InvalidChainKey, InvalidProof, NotProvable } from '../../../../src/core/errors/integrity.ts'
import type { EventDocument } from '../../../../src/core/port/event-document.ts'
import { prove } from '../../../../src/integrity/proofs/prove.ts'
import { verifyProof } from '../../../../src/integrity/proofs/verify-proof.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain, anEvent } from '../../../support/integrity/a-chain.ts'
import { history, take } from '../../../support/integrity/a-history.ts'

async function aProvableEvent({ salted = true } = {}) {
  const storage = openMemory({ ranges: 2 })
  const chain = aChain(storage)
  for (let i = 0; i < 30; i++) {
    await storage.events.append(`meter:${i % 4}`, [anEvent({ i, text: 'ä' }, { salted })], { expectedVersion: 'any' })
  }
  await chain.seal({ events: 5 })
  await chain.signHead()
  const proof = await prove(chain.context, 'meter:1', 3)
  const { events } = await storage.events.load('meter:1', { from: 3, to: 3 })
  return { storage, chain, proof, document: events[0] as EventDocument, trust: chain.trust() }
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof TidemarkError ? error.code : String(error)
  }
  return 'verified'
}

describe('prove', () => {
  test.for([true, false])(
    'proves an event without the storage, whether it has a salt of its own (%s)',
    async (salted) => {
      const { proof, document, trust, chain } = await aProvableEvent({ salted })
      const { size } = await chain.verify()
      expect(verifyProof(proof, document, trust)).toMatchObject({ origin: 'acme/meters', size })
    },
  )

  test('proves every event that is sealed and not deleted, whatever happened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), history, async (ranges, steps) => {
        const storage = openMemory({ ranges })
        const chain = aChain(storage)
        for (const step of steps) await take(storage, chain, step)
        await chain.seal({ events: 3 })
        await chain.signHead()
        for await (const streamId of storage.events.streams()) {
          for await (const document of storage.events.read(streamId)) {
            const proof = await prove(chain.context, streamId, document.stream.version)
            expect(verifyProof(proof, document, chain.trust()).block).toBeGreaterThanOrEqual(0)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  test('refuses an event that is not in the log, not sealed, not under a signed head, or of a deleted stream', async () => {
    const { storage, chain } = await aProvableEvent()
    await expect(prove(chain.context, 'meter:1', 99)).rejects.toThrow(NotProvable)
    await expect(prove(chain.context, 'meter:none', 1)).rejects.toThrow(/is not in the log/)
    const { version } = await storage.events.append('meter:1', [anEvent()], { expectedVersion: 'any' })
    await expect(prove(chain.context, 'meter:1', version)).rejects.toThrow(/is not sealed yet/)
    await chain.seal()
    await expect(prove(chain.context, 'meter:1', version)).rejects.toThrow(/no signed head covers/)
    await chain.signHead()
    await prove(chain.context, 'meter:1', version)
    await storage.events.tombstone('meter:1', anEvent(), { expectedVersion: 'any' })
    await expect(prove(chain.context, 'meter:1', version)).rejects.toThrow(/was deleted/)
  })

  test('refuses an event that is not the one that was sealed', async () => {
    const { storage, chain } = await aProvableEvent()
    const events = storage.state.streams.get('meter:2')?.events
    const event = events?.[0]
    if (events && event) events[0] = { ...event, json: event.json.replace('"ä"', '"o"') }
    await expect(prove(chain.context, 'meter:2', 1)).rejects.toThrow(/verify the chain/)
  })
})

describe('verifyProof', () => {
  test('refuses a proof of which any character was changed', async () => {
    const { proof, document, trust } = await aProvableEvent()
    fc.assert(
      fc.property(
        fc.nat({ max: proof.length - 1 }),
        fc.constantFrom('A', 'b', '0', '1', '+', '\n', ' ', '='),
        (at, by) => {
          fc.pre(proof[at] !== by)
          const changed = proof.slice(0, at) + by + proof.slice(at + 1)
          expect(['InvalidProof', 'ForeignOrigin']).toContain(codeOf(() => verifyProof(changed, document, trust)))
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('refuses any other document', async () => {
    const { proof, document, trust, storage } = await aProvableEvent()
    const text = JSON.stringify(document)
    const { recordedAt } = document.metadata
    const [from, to] = [text.indexOf(recordedAt), text.indexOf(recordedAt) + recordedAt.length]
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.constantFrom('a', '0', '7', 'Z'), (at, by) => {
        const changed = parse(text.slice(0, at) + by + text.slice(at + 1))
        // Other spellings of the same time are the same time.
        fc.pre(changed !== undefined && JSON.stringify(changed) !== text && (at < from || at >= to))
        expect(codeOf(() => verifyProof(proof, changed as EventDocument, trust))).toBe('InvalidProof')
      }),
      { numRuns: 500 },
    )
    const other = (await storage.events.load('meter:1', { from: 4, to: 4 })).events[0] as EventDocument
    expect(() => verifyProof(proof, other, trust)).toThrow(InvalidProof)
    for (const junk of [null, [], {}, { metadata: null }, { metadata: { recordedAt: Number.NaN } }]) {
      expect(() => verifyProof(proof, junk as unknown as EventDocument, trust)).toThrow(InvalidProof)
    }
  })

  test('has an error of its own for each kind of bad input', async () => {
    const { proof, document, trust } = await aProvableEvent()
    const other = await aProvableEvent()
    expect(codeOf(() => verifyProof('junk', document, trust))).toBe('InvalidProof')
    expect(codeOf(() => verifyProof(proof, document, { ...trust, origin: 'acme/other' }))).toBe('ForeignOrigin')
    expect(() => verifyProof(proof, document, { ...trust, keys: ['junk'] })).toThrow(InvalidChainKey)
    expect(() => verifyProof(proof, document, other.trust)).toThrow(InvalidProof)
    expect(() => verifyProof(other.proof, document, trust)).toThrow(InvalidProof)
    expect(() => verifyProof(proof, document, { ...trust, witnesses: other.trust.keys })).toThrow(InvalidProof)
  })
})

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
