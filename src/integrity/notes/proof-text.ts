import { InvalidProof } from '../../core/errors/integrity.ts'
import { formatBase64, parseBase64 } from '../base64.ts'
import { type Hash, hashText, parseHash } from '../merkle/hash.ts'
import { parseDecimal } from './decimal.ts'
import { MAX_NOTE_BYTES } from './signed-note.ts'

/** That an entry is in a log, as a text of its own (C2SP, tlog-proof). Nothing of it is verified by parsing it. */
export type ProofText = {
  /** What the application needs besides, which nothing authenticates. */
  readonly extra?: Uint8Array
  /** The entry's index, from 0. */
  readonly index: number
  /** The path from the entry to the root of the head. */
  readonly path: readonly Hash[]
  /** The signed head, as a note. */
  readonly head: string
}

const FORMAT = 'c2sp.org/tlog-proof@v1'

/** The most hashes of a path. That of the largest tree whose size a number can express has fewer, and C2SP forbids more. */
export const MAX_PATH = 63

const MAX_LENGTH = 3 * MAX_NOTE_BYTES

/** Formats a proof. */
export function formatProof({ extra, index, path, head }: ProofText): string {
  const lines = [FORMAT, ...(extra ? [`extra ${formatBase64(extra)}`] : []), `index ${index}`, ...path.map(hashText)]
  return `${lines.join('\n')}\n\n${head}`
}

/**
 * Parses a proof.
 *
 * @throws InvalidProof if it is malformed; whether its head is a note is not looked at
 */
export function parseProof(text: string): ProofText {
  if (text.length > MAX_LENGTH) throw invalid(`it is longer than ${MAX_LENGTH} characters`)
  const end = text.indexOf('\n\n')
  if (end === -1) throw invalid('no empty line separates its path from its head')
  const [format, ...lines] = text.slice(0, end).split('\n')
  if (format !== FORMAT) throw invalid(`its first line is not ${FORMAT}`)
  const extra = lines[0]?.startsWith('extra ') ? parseExtra(lines.shift() as string) : undefined
  const [, digits = ''] = /^index (\d+)$/.exec(lines.shift() ?? '') ?? []
  const index = parseDecimal(digits)
  if (index === undefined) throw invalid('it has no index')
  return { ...(extra && { extra }), index, path: parsePath(lines), head: text.slice(end + 2) }
}

function parseExtra(line: string): Uint8Array {
  const extra = parseBase64(line.slice('extra '.length))
  if (extra === undefined) throw invalid('its extra data is not base64')
  return extra
}

function parsePath(lines: readonly string[]): readonly Hash[] {
  if (lines.length > MAX_PATH) throw invalid(`its path has more than ${MAX_PATH} hashes`)
  return lines.map((line) => {
    const hash = parseHash(line)
    if (hash === undefined) throw invalid('a line of its path is not a hash')
    return hash
  })
}

const invalid = (reason: string) => new InvalidProof(`Not a proof: ${reason}`)
