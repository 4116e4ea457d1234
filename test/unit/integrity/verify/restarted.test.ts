import { expect, test } from 'vitest'
import { openTree } from '../../../../src/integrity/ledger/tree/open-tree.ts'
import { formatHead } from '../../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../../src/integrity/notes/sign-note.ts'
import { openChain } from '../../../../src/integrity/open-chain.ts'
import { verifyChain } from '../../../../src/integrity/verify/verify-chain.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { aChain, anEvent, found } from '../../../support/integrity/a-chain.ts'

/** A chain that was restarted, after the log got a new incarnation. @param lose blocks that the old one lost before */
async function aRestartedChain(lose = 0) {
  const storage = openMemory()
  const old = aChain(storage)
  for (let i = 0; i < 6; i++) await storage.events.append('meter:a', [anEvent({ i })], { expectedVersion: i })
  await old.seal({ events: 2 })
  const before = await old.signHead()
  for (let n = 3 - lose; n < 3; n++) storage.state.views.delete(`$chain:1:${n}`)
  storage.state.incarnation = 'restored'
  const restored = storage.reopen()
  const chain = await openChain(restored, { origin: 'acme/meters', signer: old.signer })
  await chain.restart('restored from the backup')
  await chain.sealNow()
  const { ledger, origin } = chain.context
  const tree = await openTree(ledger)
  const after = await signNote(formatHead({ origin, size: tree.size, root: tree.root() }), old.signer)
  return { chain, trust: { ...old.trust(), notes: [before, after] }, old }
}

test('a restart is a notice for ever, and the heads of the chain before it are compared with what it says', async () => {
  const { chain, trust } = await aRestartedChain()
  const report = await verifyChain(chain.context, { trust })
  expect([report.result, found(report), report.origin]).toEqual(['clean', ['restarted #0'], 'acme/meters/restored'])
})

test('a restart does not hide that the chain before it lost its end', async () => {
  const { chain, trust } = await aRestartedChain(1)
  expect(found(await verifyChain(chain.context, { trust }))).toEqual(['restarted #0', 'rollback #0'])
})

test('heads of the chain before a restart alone are not enough', async () => {
  const { chain, trust } = await aRestartedChain()
  const report = await verifyChain(chain.context, { trust: { ...trust, notes: trust.notes.slice(0, 1) } })
  expect([report.result, found(report)]).toEqual(['gaps', ['restarted #0', 'untrusted']])
})
