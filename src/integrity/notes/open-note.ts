import { InvalidNote } from '../../core/errors/integrity.ts'
import type { Signed } from '../keys/key-type.ts'
import type { VerifierKey } from '../keys/verifier-key.ts'
import { type NoteSignature, parseNote, type SignedNote } from './signed-note.ts'

/** A signature that was verified. */
export type VerifiedSignature = Signed & { readonly key: VerifierKey; readonly signature: NoteSignature }

/** What the signatures of a note are, for who knows some keys. Signatures of other keys are ignored. */
export type CheckedSignatures = {
  readonly verified: readonly VerifiedSignature[]
  /** Keys that are said to have signed the note, but did not. */
  readonly wrong: readonly VerifierKey[]
}

/** A note whose text can be trusted as much as the keys that signed it. */
export type OpenedNote = { readonly text: string; readonly verified: readonly VerifiedSignature[] }

/** Verifies the signatures of the keys that are known, each key once. */
export function checkSignatures(note: SignedNote, keys: readonly VerifierKey[]): CheckedSignatures {
  const verified = new Map<string, VerifiedSignature>()
  const wrong = new Map<string, VerifierKey>()
  for (const signature of note.signatures) {
    // Two keys may share a name and the 4 bytes of an id. Then it must be the signature of one of them.
    const known = keys.filter(({ name, id }) => name === signature.name && id === signature.id)
    for (const key of known) {
      const signed = key.verify(note.text, signature.signature)
      if (signed !== undefined) verified.set(key.text, { ...signed, key, signature })
    }
    if (known.length > 0 && !known.some(({ text }) => verified.get(text)?.signature === signature)) {
      for (const key of known) wrong.set(key.text, key)
    }
  }
  return { verified: [...verified.values()], wrong: [...wrong.values()] }
}

/**
 * Opens a signed note (C2SP, signed-note).
 *
 * @param keys the keys that are trusted; one of them must have signed it
 * @throws InvalidNote if it is malformed, if none of the keys signed it, or if a signature of one of them is wrong
 */
export function openNote(note: string | Uint8Array | SignedNote, keys: readonly VerifierKey[]): OpenedNote {
  const parsed = typeof note === 'string' || note instanceof Uint8Array ? parseNote(note) : note
  const { verified, wrong } = checkSignatures(parsed, keys)
  const [forged] = wrong
  if (forged !== undefined) throw new InvalidNote(`The signature of ${forged.name} is not one of this note`)
  if (verified.length === 0) throw new InvalidNote('No trusted key signed the note')
  return { text: parsed.text, verified }
}
