import { type Hash, hashText, parseHash } from '../../merkle/hash.ts'
import { parseDecimal } from '../../notes/decimal.ts'
import { MAX_PATH } from '../../notes/proof-text.ts'

/** The body of a request `add-checkpoint` (C2SP, tlog-witness): from which size the proof begins, and the signed head. */
export type AddCheckpoint = { readonly from: number; readonly path: readonly Hash[]; readonly note: string }

/** The media type of the size in the response of a witness if the proof begins at another one. */
export const SIZE_TYPE = 'text/x.tlog.size'

/** Formats the body of a request. */
export const formatAddCheckpoint = ({ from, path, note }: AddCheckpoint): string =>
  `${[`old ${from}`, ...path.map(hashText)].join('\n')}\n\n${note}`

/** Parses the body of a request, or returns undefined if it is malformed. Its note is not looked at. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = body.slice(0, end).split('\n')
  const from = first.startsWith('old ') ? parseDecimal(first.slice('old '.length)) : undefined
  const path = lines.map(parseHash)
  if (from === undefined || path.length > MAX_PATH || !path.every((hash) => hash !== undefined)) return undefined
  return { from, path, note: body.slice(end + 2) }
}
