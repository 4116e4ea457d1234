import type { Clock } from '../../core/clock.ts'
import { AnchorUnavailable } from '../../core/errors/integrity.ts'
import type { TreeHead } from '../heads/head.ts'
import type { KeptNote, NoteFolder } from '../heads/note-folder.ts'
import type { Signer } from '../heads/signer.ts'
import type { VerifierKey } from '../keys/verifier-key.ts'
import { verifyConsistency } from '../merkle/consistency.ts'
import { EMPTY_ROOT, type Hash } from '../merkle/hash.ts'
import { headIn } from '../notes/head-text.ts'
import { checkSignatures } from '../notes/open-note.ts'
import { cosign } from '../notes/sign-note.ts'
import { formatNote, formatSignatures, parseNote, type SignedNote } from '../notes/signed-note.ts'

/** A head that is to be cosigned, and the proof that it extends the one of `from` leaves. */
export type NextHead = {
  readonly from: number
  readonly path: readonly Hash[]
  readonly head: TreeHead
  /** Its note, with the signatures of the log that were verified. */
  readonly note: SignedNote
}

/** The line of the cosignature; the size of the last head if it is not `from`; or that the proof is wrong. */
export type NextOutcome = { readonly cosignature: string } | { readonly size: number } | { readonly isProofWrong: true }

const ATTEMPTS = 10

// Seconds for which the same head gets the same cosignature, so that repeating requests does not wear out a disk.
const REUSED = 10

/** Cosigns a head if it extends the last one, after it was kept durably. Another process may use the same folder. */
export async function cosignNext(
  notes: NoteFolder,
  { from, path, head, note }: NextHead,
  { signer, key, clock }: { readonly signer: Signer; readonly key: VerifierKey; readonly clock: Clock },
): Promise<NextOutcome> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const kept = await notes.newest()
    const last = kept && headIn(kept.text)
    const size = last?.size ?? 0
    if (from !== size) return { size }
    if (!verifyConsistency(from, head.size, path, last?.root ?? EMPTY_ROOT, head.root)) return { isProofWrong: true }
    const recent = kept && recentCosignature(kept, note.text, key, clock)
    if (recent !== undefined) return { cosignature: recent }
    // A cosignature that could not be kept never leaves this process.
    const cosignature = await cosign(note.text, signer, clock.now())
    const cosigned = formatNote({ text: note.text, signatures: [...note.signatures, cosignature] })
    if (await notes.add(kept?.number ?? 0, cosigned)) return { cosignature: formatSignatures([cosignature]) }
  }
  throw new AnchorUnavailable('Another process keeps too many heads at the same time')
}

function recentCosignature({ text }: KeptNote, wanted: string, key: VerifierKey, clock: Clock): string | undefined {
  const kept = parseNote(text)
  if (kept.text !== wanted) return undefined
  const [own] = checkSignatures(kept, [key]).verified
  if (own?.time === undefined || Math.abs(clock.now() / 1000 - own.time) > REUSED) return undefined
  return formatSignatures([own.signature])
}
