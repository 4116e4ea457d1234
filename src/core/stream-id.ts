import { InvalidStreamId } from './errors/input.ts'
import { idFault } from './ids.ts'

/** The parts of a stream id: `meter:87000001:2020` is category, id and period. */
export type StreamIdParts = {
  readonly category: string
  readonly id: string
  readonly period?: string
}

/**
 * Joins the parts by `:`.
 *
 * @throws InvalidStreamId if a part is empty or contains a `:`, or the whole breaks the rules of ids
 */
export function formatStreamId({ category, id, period }: StreamIdParts): string {
  const parts = period === undefined ? [category, id] : [category, id, period]
  const streamId = parts.join(':')
  for (const part of parts) {
    if (typeof part === 'string' && part.includes(':')) throw new InvalidStreamId(streamId, "a part contains ':'")
  }
  assertStreamId(streamId)
  return streamId
}

/** Parses a stream id. @throws InvalidStreamId */
export function parseStreamId(streamId: string): StreamIdParts {
  assertStreamId(streamId)
  const [category, id, period] = streamId.split(':') as [string, string, string?]
  return period === undefined ? { category, id } : { category, id, period }
}

/** The id part of a stream id: `87000001` of `meter:87000001:2020`. @throws InvalidStreamId */
export const idOf = (streamId: string): string => parseStreamId(streamId).id

/**
 * Checks the rules of stream ids: category, id and optional period joined by `:`, 1 to 200 characters (UTF-16 code
 * units), no control character and none of `/ \ ? #`.
 *
 * @throws InvalidStreamId
 */
export function assertStreamId(streamId: string): void {
  const fault = idFault(streamId)
  if (fault !== undefined) throw new InvalidStreamId(String(streamId), fault)
  const parts = streamId.split(':')
  if (parts.length < 2 || parts.length > 3) {
    throw new InvalidStreamId(streamId, 'it must be category:id or category:id:period')
  }
  if (parts.includes('')) throw new InvalidStreamId(streamId, 'a part is empty')
}
