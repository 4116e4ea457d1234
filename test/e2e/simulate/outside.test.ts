import { beforeEach, describe, expect, it } from 'vitest'
import { openTree } from '../../../src/integrity/ledger/tree/open-tree.ts'
import { formatHead, headIn } from '../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../src/integrity/notes/sign-note.ts'
import { createOutside, type Outside } from '../../../src/testing/simulate/chain/outside.ts'
import type { Call } from '../../../src/testing/simulate/storage/network.ts'
import { ORIGIN, type TestDatabase, testDatabase } from '../../support/integrity/publishing.ts'
import { newSigner } from '../../support/integrity/signers.ts'

const signer = newSigner(ORIGIN)
const atOnce: Call = (_name, _about, act) => act()

/** A call that arrives only after others: it says when it was sent. */
function delayed() {
  const [sent, arrives] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const call: Call = async (_name, _about, act) => {
    sent.resolve()
    await arrives.promise
    return act()
  }
  return { call, sent: sent.promise, arrive: arrives.resolve }
}

describe('the anchor of a simulation', () => {
  let database: TestDatabase
  let outside: Outside
  let forks: string[]
  beforeEach(() => {
    database = testDatabase()
    forks = []
    outside = createOutside((reason) => forks.push(reason))
  })

  async function publish(call: Call): Promise<number> {
    const tree = await openTree(database.ledger)
    const note = await signNote(formatHead({ origin: ORIGIN, size: tree.size, root: tree.root() }), signer)
    return headIn(await outside.reachedBy(call).publish(note, (from) => tree.consistency(from))).size
  }

  it('refuses none of two processes that publish the same head at the same time', async () => {
    await database.grow(3)
    const late = delayed()
    const second = publish(late.call)
    await late.sent
    await publish(atOnce)
    late.arrive()
    expect(await second).toBe(3)
    expect(outside.size).toBe(3)
  })

  it('keeps a head that extends one which was published while it was under way', async () => {
    await database.grow(2)
    await publish(atOnce)
    await database.grow(1)
    const early = delayed()
    const smaller = publish(early.call)
    await early.sent
    await database.grow(2)
    const late = delayed()
    const larger = publish(late.call)
    await late.sent
    early.arrive()
    expect(await smaller).toBe(3)
    late.arrive()
    expect(await larger).toBe(5)
    expect(outside.size).toBe(5)
  })

  it('refuses a head that is smaller than one which was published while it was under way', async () => {
    await database.grow(2)
    const late = delayed()
    const smaller = publish(late.call)
    await late.sent
    await database.grow(1)
    await publish(atOnce)
    late.arrive()
    await expect(smaller).rejects.toMatchObject({ code: 'AnchorRefused', size: 3 })
    expect(forks).toEqual([])
  })

  it.each([3, 5])('reports a head of %i blocks that contradicts one which was published meanwhile', async (size) => {
    await database.grow(size)
    const late = delayed()
    const forked = publish(late.call)
    await late.sent
    await database.rewrite(1, 2)
    await publish(atOnce)
    late.arrive()
    await expect(forked).rejects.toMatchObject({ code: 'AnchorRefused' })
    expect(forks).toHaveLength(1)
  })
})
