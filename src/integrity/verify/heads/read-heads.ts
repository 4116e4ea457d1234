import { AnchorUnavailable, ForeignOrigin, InvalidNote } from '../../../core/errors/integrity.ts'
import { storedNote } from '../../heads/publishing/own-head.ts'
import { parseHead } from '../../notes/head-text.ts'
import { type CheckedSignatures, checkSignatures } from '../../notes/open-note.ts'
import { parseNote } from '../../notes/signed-note.ts'
import type { Run } from '../run.ts'
import type { FoundHeads, KnownHead } from './known-heads.ts'

/**
 * Reads the heads that were kept outside the database, and the one in the ledger, and verifies their signatures.
 *
 * @throws InvalidChainKey; InvalidNote, ForeignOrigin for a note of the verifier's own
 */
export async function readHeads(run: Run): Promise<FoundHeads> {
  const { findings, keys, ledger, origin, trust } = run
  // After a restart, a chain's name ends with the incarnation of the log.
  const isOurs = (name: string) => name === trust.origin || name.startsWith(`${trust.origin}/`)
  if (!isOurs(origin)) throw new ForeignOrigin('The ledger', trust.origin, origin)
  const [current, earlier]: [KnownHead[], KnownHead[]] = [[], []]
  const take = (head: KnownHead) => {
    if (!isOurs(head.origin)) throw new ForeignOrigin(`The head from ${head.source}`, origin, head.origin)
    if (head.origin === origin) current.push(head)
    else earlier.push(head)
  }
  if (trust.writersSince !== undefined) take(toHead(trust.writersSince, 'the note about writers', true))
  for (const [i, note] of (trust.notes ?? []).entries()) {
    const source = trust.notes?.length === 1 ? 'the note' : `note ${i + 1}`
    take(toHead(note, source, true))
  }
  for (const anchor of trust.anchors ?? []) {
    try {
      for (const name of new Set([origin, trust.origin])) {
        const note = await anchor.latest(name)
        if (note !== undefined) take(toHead(note, anchor.name, true))
      }
    } catch (error) {
      if (!(error instanceof AnchorUnavailable)) throw error
      findings.add('anchorUnavailable', `No head could be read from ${anchor.name}`)
    }
  }
  const note = keys.heads.length > 0 ? await storedNote(ledger) : undefined
  if (note !== undefined) {
    try {
      const head = toHead(note, 'the ledger', false)
      if (head.origin === origin) current.push(head)
    } catch (error) {
      if (!(error instanceof InvalidNote)) throw error
      findings.add('signatureWrong', 'The head that is stored in the ledger is not a signed note')
    }
  }
  return { current, earlier }

  function toHead(note: string, source: string, isOutside: boolean): KnownHead {
    const parsed = parseNote(note)
    const head = parseHead(parsed.text)
    const signed = isSigned(checkSignatures(parsed, keys.heads), source, head.size)
    const cosigned =
      keys.witnesses.length === 0 || isCosigned(checkSignatures(parsed, keys.witnesses), source, head.size)
    return { ...head, source, isAnchored: isOutside && signed && cosigned }
  }

  function isSigned({ verified, wrong }: CheckedSignatures, source: string, size: number): boolean {
    for (const { name } of wrong) {
      findings.add('signatureWrong', `A signature by ${name} of the head of size ${size} from ${source} is wrong`)
    }
    if (verified.length > 0) return true
    if (wrong.length === 0 && keys.heads.length > 0)
      findings.add('signatureMissing', `No trusted key signed the head of size ${size} from ${source}`)
    return false
  }

  function isCosigned({ verified, wrong }: CheckedSignatures, source: string, size: number): boolean {
    for (const { name } of wrong) {
      findings.add('signatureWrong', `A cosignature by ${name} of the head of size ${size} from ${source} is wrong`)
    }
    return verified.length > 0
  }
}
