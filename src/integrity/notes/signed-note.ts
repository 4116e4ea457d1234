import { InvalidNote } from '../../core/errors/integrity.ts'
import { formatBase64, parseBase64 } from '../base64.ts'
import { isKeyName } from '../keys/origin.ts'

/** A signature of a note, by a key that has this name and this id: 8 hexadecimal digits. */
export type NoteSignature = { readonly name: string; readonly id: string; readonly signature: Uint8Array }

/** A note, whose text ends with a newline, and its signatures, which are not verified. */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] }

/** A note may have this many bytes. */
export const MAX_NOTE_BYTES = 1_000_000

/** A note may have this many signatures. */
const MAX_SIGNATURES = 100

const KEY_ID_SIZE = 4

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/

/**
 * Parses a signed note (C2SP, signed-note), without verifying a signature.
 *
 * @param note its text, or its UTF-8
 * @throws InvalidNote if it is malformed or too large
 */
export function parseNote(note: string | Uint8Array): SignedNote {
  const whole = decode(note)
  if (CONTROL.test(whole)) throw invalid('it contains a control character')
  if (!whole.endsWith('\n')) throw invalid('it does not end with a newline')
  const end = whole.lastIndexOf('\n\n')
  if (end === -1) throw invalid('no empty line separates its text from its signatures')
  const signatures = parseSignatures(whole.slice(end + 2))
  if (signatures.length === 0) throw invalid('it has no signature')
  return { text: whole.slice(0, end + 1), signatures }
}

/** Formats a note with its signatures. */
export const formatNote = ({ text, signatures }: SignedNote): string => `${text}\n${formatSignatures(signatures)}`

/**
 * Parses lines of signatures, as a note and the response of a witness have them.
 *
 * @throws InvalidNote if one is malformed, or there are too many
 */
export function parseSignatures(text: string): readonly NoteSignature[] {
  if (text === '') return []
  if (!text.endsWith('\n')) throw invalid('a signature does not end with a newline')
  const lines = text.slice(0, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) throw invalid(`it has more than ${MAX_SIGNATURES} signatures`)
  return lines.map(parseSignature)
}

/** Formats signatures, one a line. */
export const formatSignatures = (signatures: readonly NoteSignature[]): string =>
  signatures
    .map(({ name, id, signature }) => `— ${name} ${formatBase64(Buffer.concat([Buffer.from(id, 'hex'), signature]))}\n`)
    .join('')

function parseSignature(line: string): NoteSignature {
  const [, name = '', base64 = ''] = /^— ([^ ]+) ([^ ]+)$/.exec(line) ?? []
  const bytes = parseBase64(base64)
  if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_SIZE) {
    throw invalid('a line of its signatures is malformed')
  }
  const id = Buffer.from(bytes.subarray(0, KEY_ID_SIZE)).toString('hex')
  return { name, id, signature: bytes.subarray(KEY_ID_SIZE) }
}

function decode(note: string | Uint8Array): string {
  const bytes = typeof note === 'string' ? Buffer.byteLength(note) : note.length
  if (bytes > MAX_NOTE_BYTES) throw invalid(`it has more than ${MAX_NOTE_BYTES} bytes`)
  if (typeof note === 'string') {
    if (!note.isWellFormed()) throw invalid('it contains a lone surrogate')
    return note
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note)
  } catch {
    throw invalid('it is not UTF-8')
  }
}

const invalid = (reason: string) => new InvalidNote(`Not a signed note: ${reason}`)
