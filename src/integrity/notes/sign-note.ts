import { InvalidChainKey } from '../../core/errors/integrity.ts'
import type { Signer } from '../heads/signer.ts'
import { cosignedMessage, LOG_KEY, timedSignature, WITNESS_KEY } from '../keys/key-type.ts'
import { parseVerifierKey } from '../keys/verifier-key.ts'
import { formatNote, type NoteSignature, parseNote } from './signed-note.ts'

/**
 * Signs a text, which ends with a newline. @returns the signed note
 *
 * @throws InvalidChainKey if the signer's signature does not belong to its verifier key
 */
export async function signNote(text: string, signer: Signer): Promise<string> {
  return formatNote({ text, signatures: [await signatureOf(text, LOG_KEY, signer, Buffer.from(text))] })
}

/**
 * Cosigns the text of a head, as a witness does (C2SP, tlog-cosignature).
 *
 * @param time milliseconds since 1970
 * @throws InvalidChainKey if the signer's key is not one of a witness, or its signature does not belong to it
 */
export async function cosign(text: string, signer: Signer, time: number): Promise<NoteSignature> {
  const seconds = Math.floor(time / 1000)
  return signatureOf(text, WITNESS_KEY, signer, cosignedMessage(text, seconds), (bytes) =>
    timedSignature(seconds, bytes),
  )
}

/** Adds signatures to a note. They replace those of the same keys. */
export function addSignatures(note: string, added: readonly NoteSignature[]): string {
  const { text, signatures } = parseNote(note)
  const all = new Map([...signatures, ...added].map((signature) => [`${signature.name} ${signature.id}`, signature]))
  return formatNote({ text, signatures: [...all.values()] })
}

async function signatureOf(
  text: string,
  type: number,
  signer: Signer,
  message: Uint8Array,
  complete: (signature: Uint8Array) => Uint8Array = (signature) => signature,
): Promise<NoteSignature> {
  const key = parseVerifierKey(signer.verifierKey)
  if (key.type !== type) throw new InvalidChainKey(`${key.name}: expected a key of type ${type}, found ${key.type}`)
  const signature = complete(await signer.sign(message))
  // A key management service may be asked for another key than the one whose public part was configured.
  if (key.verify(text, signature) === undefined) {
    throw new InvalidChainKey(`${key.name}: the signature does not belong to the verifier key`)
  }
  return { name: key.name, id: key.id, signature }
}
