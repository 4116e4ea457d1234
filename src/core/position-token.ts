import { IncarnationMismatch } from './errors/feed.ts'
import { InvalidPosition } from './errors/input.ts'

/**
 * Where one append, or several, ended: an opaque string that fits into an HTTP header. Give it to `waitFor`; nobody
 * but Tidemark looks inside.
 */
export type PositionToken = string & { readonly __positionToken?: never }

/** The end of an append in one stream. */
export type PositionMark = {
  readonly streamId: string
  readonly version: number
  /** The hash of the stream's id, which tells the feed range. */
  readonly hash: string
  /** The LSN, where the adapter knew it when it answered. */
  readonly lsn?: number
  /** What else the adapter needs to find the place again, a session token, say. */
  readonly session?: string
}

/** What a position token holds: the log's incarnation and one mark a stream. */
export type PositionContent = {
  readonly incarnation: string
  readonly marks: readonly PositionMark[]
}

/** Makes the token of a position. */
export function encodePosition({ incarnation, marks }: PositionContent): PositionToken {
  const rows = marks.map((m) => [m.streamId, m.version, m.hash, m.lsn ?? null, m.session ?? null])
  return Buffer.from(JSON.stringify([incarnation, rows])).toString('base64url')
}

/** Reads a token. @throws InvalidPosition when it is none */
export function decodePosition(token: PositionToken): PositionContent {
  try {
    const [incarnation, rows] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    if (typeof incarnation !== 'string' || !Array.isArray(rows) || rows.length === 0) throw new InvalidPosition()
    return { incarnation, marks: rows.map(toMark) }
  } catch (cause) {
    throw cause instanceof InvalidPosition ? cause : new InvalidPosition({ cause })
  }
}

function toMark(row: unknown): PositionMark {
  if (!Array.isArray(row)) throw new InvalidPosition()
  const [streamId, version, hash, lsn, session] = row as unknown[]
  if (typeof streamId !== 'string' || typeof hash !== 'string' || !Number.isSafeInteger(version)) {
    throw new InvalidPosition()
  }
  return {
    streamId,
    version: version as number,
    hash,
    ...(typeof lsn === 'number' && { lsn }),
    ...(typeof session === 'string' && { session }),
  }
}

/**
 * One position that stands for several: what waits for it waits for all of them.
 *
 * @throws InvalidPosition when one is none, or none is given
 * @throws IncarnationMismatch when they come from different lives of the log
 */
export function mergePositions(tokens: readonly PositionToken[]): PositionToken {
  const contents = tokens.map(decodePosition)
  const first = contents[0]
  if (first === undefined) throw new InvalidPosition()
  const marks = new Map<string, PositionMark>()
  for (const { incarnation, marks: more } of contents) {
    if (incarnation !== first.incarnation) throw new IncarnationMismatch('A position', first.incarnation, incarnation)
    for (const mark of more) {
      if ((marks.get(mark.streamId)?.version ?? 0) <= mark.version) marks.set(mark.streamId, mark)
    }
  }
  return encodePosition({ incarnation: first.incarnation, marks: [...marks.values()] })
}
