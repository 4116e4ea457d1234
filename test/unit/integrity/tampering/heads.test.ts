import { expect, it } from 'vitest'
import { openLedger } from '../../../../src/integrity/ledger/open-ledger.ts'
import { openTree } from '../../../../src/integrity/ledger/tree/open-tree.ts'
import { formatHead } from '../../../../src/integrity/notes/head-text.ts'
import { signNote } from '../../../../src/integrity/notes/sign-note.ts'
import { ORIGIN } from '../../../support/integrity/publishing.ts'
import { newSigner } from '../../../support/integrity/signers.ts'
import { editDocument, rewriteFrom } from '../../../support/tampering/cases/ledger.ts'
import { embeddedDatabase } from '../../../support/tampering/databases/embedded.ts'
import { inShort, type SealedLog, sealedLog } from '../../../support/tampering/sealed-log.ts'

const trustIn = ({ signer }: SealedLog) => ({ origin: ORIGIN, keys: [signer.verifierKey] })

const codes = async (log: SealedLog, trust: object) => {
  const { result, findings } = await log.verify({ trust: { ...trustIn(log), ...trust } })
  return [result, ...new Set(findings.map(({ code }) => code))]
}

it('a ledger that only agrees with itself is never clean, however well it is signed', async () => {
  await using raw = embeddedDatabase()
  const log = await sealedLog(raw)
  expect(await codes(log, {})).toEqual(['gaps', 'untrusted'])
})

it('a history that was rewritten, and signed with the key itself, is found by whoever kept a head', async () => {
  await using raw = embeddedDatabase()
  const log = await sealedLog(raw)
  const kept = log.anchor.notes.at(-1) as string
  await rewriteFrom(log, 2, ({ header }) => {
    header.at = '2001-01-01T00:00:00.000Z'
  })
  const tree = await openTree(
    openLedger(log.storage.viewStore, { generation: 1, incarnation: log.storage.incarnation }),
  )
  const forged = await signNote(formatHead({ origin: ORIGIN, size: tree.size, root: tree.root() }), log.signer)
  await editDocument(log, 'newest', (head: object) => ({ ...head, note: forged }), '$chain-head')
  expect(await codes(log, { notes: [forged] })).toEqual(['clean'])
  expect(await codes(log, { notes: [kept] })).toEqual(['tampered', 'fork'])
  expect(await codes(log, { notes: [forged, kept] })).toEqual(['tampered', 'fork'])
})

it('a head that nobody signed, or somebody else did, counts as no head', async () => {
  await using raw = embeddedDatabase()
  const log = await sealedLog(raw)
  const tree = await openTree(log.ledger)
  const head = formatHead({ origin: ORIGIN, size: tree.size, root: tree.root() })
  const other = await signNote(head, newSigner(ORIGIN))
  expect(await codes(log, { notes: [other] })).toEqual(['tampered', 'signatureMissing', 'untrusted'])
  const unsigned = log.verify({ trust: { ...trustIn(log), notes: [`${head}\n`] } })
  await expect(unsigned).rejects.toMatchObject({ code: 'InvalidNote' })
})

it('the head of another chain is refused', async () => {
  await using raw = embeddedDatabase()
  const log = await sealedLog(raw)
  const tree = await openTree(log.ledger)
  const foreign = await signNote(formatHead({ origin: 'acme/other', size: tree.size, root: tree.root() }), log.signer)
  await expect(log.verify({ trust: { ...trustIn(log), notes: [foreign] } })).rejects.toMatchObject({
    code: 'ForeignOrigin',
  })
  await expect(log.verify({ trust: { ...trustIn(log), origin: 'acme/other' } })).rejects.toMatchObject({
    code: 'ForeignOrigin',
  })
})

it('a sealer that was stopped shows as a gap that names the first event that is not sealed', async () => {
  await using raw = embeddedDatabase()
  const log = await sealedLog(raw)
  const { version } = await log.storage.events.append(
    'meter:1',
    [{ eventType: 'Read', eventData: {}, metadata: { eventId: 'late', salt: 'salt' } }],
    { expectedVersion: 'any' },
  )
  const { result, findings } = await log.verify()
  expect([result, ...findings.map(inShort)]).toEqual(['gaps', `eventUnsealed meter:1@${version}`])
  expect((await log.verify({ grace: 60_000 })).result).toBe('clean')
})
