import { IncarnationMismatch } from '../errors/feed.ts'
import { InvalidPosition } from '../errors/input.ts'
import { assertStreamId } from '../stream-id.ts'

/**
 * Where one append, or several, ended, in at most 64 streams: an opaque string that fits into an HTTP header. Pass it
 * to `waitFor`; only Tidemark looks inside.
 */
export type PositionToken = string & { readonly __positionToken?: never }

/** The end of an append in one stream. */
export type PositionMark = {
  readonly streamId: string
  readonly version: number
  /** The hash of the stream's id, which determines the feed range. */
  readonly hash: string
  /** The LSN, if the adapter knew it when the append returned. */
  readonly lsn?: number
  /** What else the adapter needs to find the position again, such as a session token. */
  readonly session?: string
}

/** The content of a position token: the log's incarnation and one mark for each stream. */
export type PositionContent = {
  readonly incarnation: string
  readonly marks: readonly PositionMark[]
}

/** Creates the token of a position. */
export function encodePosition({ incarnation, marks }: PositionContent): PositionToken {
  const rows = marks.map((m) => [m.streamId, m.version, m.hash, m.lsn ?? null, m.session ?? null])
  return Buffer.from(JSON.stringify([incarnation, rows])).toString('base64url')
}

// A token comes from outside, often from an HTTP header: this limits the cost of parsing it and of waiting for it.
const MOST_MARKS = 64
const MOST_TEXT = 64 * 1024

const INCARNATION = /^[\x20-\x7e]{1,200}$/
const HASH = /^[0-9A-F]{1,64}$/
// A session token is sent in a header again: printable ASCII.
const SESSION = /^[\x20-\x7e]{1,4096}$/

/** Parses a token. @throws InvalidPosition if it is invalid */
export function decodePosition(token: PositionToken): PositionContent {
  if (typeof token !== 'string' || token.length > MOST_TEXT) throw new InvalidPosition('it exceeds the maximum length')
  const content = parse(token)
  if (!Array.isArray(content)) throw new InvalidPosition()
  const [incarnation, rows] = content as unknown[]
  if (typeof incarnation !== 'string' || !INCARNATION.test(incarnation)) throw new InvalidPosition()
  if (!Array.isArray(rows) || rows.length === 0) throw new InvalidPosition()
  assertFew(rows)
  return { incarnation, marks: rows.map(toMark) }
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  } catch (cause) {
    throw new InvalidPosition(undefined, { cause })
  }
}

function assertFew(marks: readonly unknown[]): void {
  if (marks.length > MOST_MARKS) {
    throw new InvalidPosition(`it spans ${marks.length} streams, and at most ${MOST_MARKS} can be waited for at once`)
  }
}

function toMark(row: unknown): PositionMark {
  const [streamId, version, hash, lsn, session] = (Array.isArray(row) ? row : []) as unknown[]
  const isMark =
    isStreamId(streamId) &&
    isCount(version) &&
    typeof hash === 'string' &&
    HASH.test(hash) &&
    (isAbsent(lsn) || isCount(lsn)) &&
    (isAbsent(session) || (typeof session === 'string' && SESSION.test(session)))
  if (!isMark) throw new InvalidPosition()
  return {
    streamId: streamId as string,
    version: version as number,
    hash: hash as string,
    ...(!isAbsent(lsn) && { lsn: lsn as number }),
    ...(!isAbsent(session) && { session: session as string }),
  }
}

function isStreamId(value: unknown): boolean {
  try {
    assertStreamId(value as string)
    return true
  } catch {
    return false
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1

const isAbsent = (value: unknown): boolean => value === undefined || value === null

/**
 * One position that stands for several: waiting for it waits for all of them.
 *
 * @throws InvalidPosition if one is invalid, none is given, or together they span more than 64 streams
 * @throws IncarnationMismatch if they come from different incarnations of the log
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
  assertFew([...marks])
  const merged = encodePosition({ incarnation: first.incarnation, marks: [...marks.values()] })
  if (merged.length > MOST_TEXT) throw new InvalidPosition('together they exceed the maximum length of a position')
  return merged
}
