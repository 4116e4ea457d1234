import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AnchorRefused } from '../../../../../src/core/errors/integrity.ts'
import type { Anchor } from '../../../../../src/integrity/heads/anchor.ts'
import { publishHead } from '../../../../../src/integrity/heads/publishing/publish-head.ts'
import { type HeadContext, headStatus } from '../../../../../src/integrity/heads/publishing/read-heads.ts'
import { parseVerifierKey } from '../../../../../src/integrity/keys/verifier-key.ts'
import { headIn, openHead } from '../../../../../src/integrity/notes/head-text.ts'
import { addSignatures, cosign } from '../../../../../src/integrity/notes/sign-note.ts'
import { parseNote } from '../../../../../src/integrity/notes/signed-note.ts'
import {
  carefulAnchor,
  gullibleAnchor,
  hasty,
  ORIGIN,
  type TestDatabase,
  testDatabase,
} from '../../../../support/integrity/publishing.ts'
import { newSigner } from '../../../../support/integrity/signers.ts'

describe('publishing the head of a chain', () => {
  let database: TestDatabase
  let anchor: ReturnType<typeof gullibleAnchor>
  const signer = newSigner(ORIGIN)
  const contextOf = (...anchors: readonly Anchor[]): HeadContext => ({
    ledger: database.ledger,
    origin: ORIGIN,
    signer,
    anchors,
    clock: hasty,
  })
  beforeEach(() => {
    database = testDatabase()
    anchor = gullibleAnchor()
  })

  it('signs the newest head, gives it to all anchors, and keeps it in the ledger', async () => {
    await database.grow(3)
    const second = gullibleAnchor('second')
    const { head, note, anchors } = await publishHead(contextOf(anchor, second))
    expect(openHead(note as string, ORIGIN, [parseVerifierKey(signer.verifierKey)]).head).toEqual(head)
    expect(head.size).toBe(3)
    expect([anchor.notes, second.notes]).toEqual([[note], [note]])
    expect(anchors.map(({ state, size, since }) => [state, size, since])).toEqual([
      ['current', 3, null],
      ['current', 3, null],
    ])
    expect((await headStatus(contextOf())).note).toBe(note)
  })

  it('does nothing the second time, and signs nothing again', async () => {
    await database.grow(3)
    const first = await publishHead(contextOf(anchor))
    const sign = vi.fn(signer.sign)
    expect(await publishHead({ ...contextOf(anchor), signer: { ...signer, sign } })).toEqual(first)
    expect(sign).not.toHaveBeenCalled()
    expect(anchor.notes).toHaveLength(1)
  })

  it('signs nothing while the ledger has no block, or while there is no signer', async () => {
    expect(await publishHead(contextOf(anchor))).toMatchObject({ head: { size: 0 }, note: null })
    await database.grow(2)
    expect(await publishHead({ ...contextOf(anchor), signer: undefined })).toMatchObject({
      head: { size: 2 },
      note: null,
      anchors: [{ state: 'behind', size: 0, since: '2026-01-01T00:00:00.000Z' }],
    })
    expect(anchor.notes).toEqual([])
  })

  it('collects the signatures that anchors add', async () => {
    await database.grow(2)
    const witness = newSigner('witness.example', 'witness')
    const cosigning: Anchor = {
      ...anchor,
      publish: async (note) => addSignatures(note, [await cosign(parseNote(note).text, witness, 1e12)]),
    }
    const { note } = await publishHead(contextOf(anchor, cosigning))
    const keys = [signer.verifierKey, witness.verifierKey].map(parseVerifierKey)
    expect(openHead(note as string, ORIGIN, keys).verified).toHaveLength(2)
  })

  it('goes on without an anchor that is away, and tells since when it lacks blocks', async () => {
    await database.grow(2)
    const second = gullibleAnchor('second')
    await publishHead(contextOf(anchor, second))
    anchor.isAway = true
    await database.grow(3)
    const { anchors } = await publishHead(contextOf(anchor, second))
    expect(anchors).toEqual([
      { name: 'memory', state: 'unavailable', size: 2, since: '2026-01-01T00:00:02.000Z', error: 'memory is away' },
      { name: 'second', state: 'current', size: 5, since: null, error: null },
    ])
    anchor.isAway = false
    await publishHead(contextOf(anchor, second))
    expect(anchor.notes.map((note) => headIn(note).size)).toEqual([2, 5])
  })

  it('shows an unexpected error of an anchor as unavailable, without its text', async () => {
    await database.grow(2)
    const failing: Anchor = { ...anchor, latest: () => Promise.reject(new Error('password hunter2')) }
    const { anchors } = await publishHead(contextOf(failing))
    expect(anchors).toMatchObject([{ state: 'unavailable', error: 'memory: unexpected error' }])
  })

  it('does not wait longer than a minute for an anchor', async () => {
    await database.grow(2)
    const hanging: Anchor = { ...anchor, latest: () => new Promise(() => {}) }
    const clock = { ...hasty, sleep: async () => {} }
    expect((await publishHead({ ...contextOf(hanging), clock })).anchors).toMatchObject([{ state: 'unavailable' }])
  })

  describe.each([
    ['was rolled back', 3, 0],
    ['was rolled back and grew to the same size', 3, 2],
    ['was rolled back and grew beyond', 3, 5],
    ['begins anew', 0, 9],
  ] as const)('of a ledger that %s', (_, kept, added) => {
    it('signs nothing if any anchor can be reached', async () => {
      await database.grow(5)
      const second = gullibleAnchor('second')
      await publishHead(contextOf(anchor, second))
      await database.rewrite(kept, added)
      second.isAway = true
      const sign = vi.fn(signer.sign)
      const context = { ...contextOf(second, anchor), signer: { ...signer, sign } }
      await expect(publishHead(context)).rejects.toMatchObject({
        code: 'ChainDiverged',
        message: expect.stringContaining('memory keeps a head of 5 blocks'),
      })
      expect(sign).not.toHaveBeenCalled()
      expect(anchor.notes).toHaveLength(1)
      expect((await headStatus(context)).anchors).toMatchObject([{ state: 'unavailable' }, { state: 'diverged' }])
    })

    it('signs nothing if the last signed head is still in the ledger', async () => {
      await database.grow(5)
      await publishHead(contextOf())
      await database.rewrite(kept, added, true)
      await expect(publishHead(contextOf(anchor))).rejects.toMatchObject({ code: 'ChainDiverged' })
      expect(anchor.notes).toEqual([])
    })
  })

  it('signs nothing if an anchor keeps the head of another key that contradicts the ledger', async () => {
    const elsewhere = testDatabase()
    await elsewhere.rewrite(0, 5)
    await publishHead({ ...contextOf(anchor), ledger: elsewhere.ledger, signer: newSigner(ORIGIN) })
    await database.grow(9)
    await expect(publishHead(contextOf(anchor))).rejects.toMatchObject({ code: 'ChainDiverged' })
  })

  it('goes on with a new key where the last head was signed by an old one', async () => {
    await database.grow(2)
    await publishHead(contextOf(anchor))
    await database.grow(1)
    const { anchors, note } = await publishHead({ ...contextOf(anchor), signer: newSigner(ORIGIN) })
    expect(anchors).toMatchObject([{ state: 'current', size: 3 }])
    expect(parseNote(note as string).signatures).toHaveLength(1)
  })

  it('does not believe the head in the ledger if its own key did not sign it', async () => {
    await database.grow(2)
    const elsewhere = testDatabase()
    await elsewhere.rewrite(0, 5)
    const { note } = await publishHead({ ...contextOf(), ledger: elsewhere.ledger, signer: newSigner(ORIGIN) })
    await database.ledger.save('head', 'newest', { note, anchors: 'many' }, 'ifAbsent')
    expect((await publishHead(contextOf(anchor))).head.size).toBe(2)
    expect((await headStatus(contextOf())).note).toBe(anchor.notes[0])
  })

  it('shows an anchor that keeps junk, or the head of another chain, as unavailable', async () => {
    await database.grow(2)
    const junk = { ...gullibleAnchor('junk'), latest: async () => 'junk' }
    const other = gullibleAnchor('other')
    await publishHead({ ...contextOf(other), origin: 'acme/other' })
    const { anchors } = await publishHead(contextOf(junk, other, anchor))
    expect(anchors.map(({ state }) => state)).toEqual(['unavailable', 'unavailable', 'current'])
  })

  it('takes a larger head of another process for what it is, also if it is published meanwhile', async () => {
    await database.grow(2)
    const careful = carefulAnchor(database)
    const late: Anchor = {
      ...careful,
      latest: careful.latest,
      async publish(note) {
        if (headIn(note).size === 2) {
          await database.grow(1)
          await publishHead(contextOf(careful))
        }
        return careful.publish(note)
      },
    }
    expect((await publishHead(contextOf(late))).anchors).toMatchObject([{ state: 'current' }])
    expect(careful.notes.map((note) => headIn(note).size)).toEqual([3])
    expect(headIn((await headStatus(contextOf())).note as string).size).toBe(3)
  })

  it('is a divergence if an anchor refuses a head and does not show its own', async () => {
    await database.grow(2)
    const refusing = (size?: number): Anchor => ({
      name: 'refusing',
      latest: async () => undefined,
      publish: () => Promise.reject(new AnchorRefused('refused', size)),
    })
    for (const size of [undefined, 1, 7]) {
      await expect(publishHead(contextOf(refusing(size)))).rejects.toMatchObject({ code: 'ChainDiverged' })
    }
    expect((await headStatus(contextOf())).note).toBeNull()
  })

  it('waits for a replica of the database that does not have the last blocks yet', async () => {
    await database.grow(5)
    await publishHead(contextOf(anchor))
    let isLate = true
    const { ledger } = database
    const replica = {
      get: ledger.get,
      state: ledger.state,
      tiles: ledger.tiles,
      save: ledger.save,
      blocks: (from: number, count: number) =>
        ledger.blocks(from, isLate ? Math.max(0, Math.min(count, 3 - from)) : count),
    }
    const sleep = async (milliseconds: number, signal?: AbortSignal) => {
      isLate = milliseconds > 10_000 && isLate
      await hasty.sleep(milliseconds, signal)
    }
    const context = { ...contextOf(anchor), ledger: replica as typeof ledger, clock: { ...hasty, sleep } }
    expect((await publishHead(context)).head.size).toBe(5)
  })
})
