import { later } from '../documents.ts'
import type { Decoded } from './decode.ts'

/** What the event before another one says about it. */
export type Neighbour = { readonly lsn: number; readonly latest: string }

/**
 * How the fields that place events in the feed do not agree with those of their neighbours.
 *
 * @param events the events of a range in order, without a part of an append
 * @param before the last event of the slot before them, or undefined
 * @param isPart whether the range is only a part of its slot, so that there may be others between them
 * @returns one fault or none for each event
 */
export function placeFaults(
  events: readonly Decoded[],
  before: Neighbour | undefined,
  isPart: boolean,
): (string | undefined)[] {
  let [last, previous]: [Neighbour, Decoded | undefined] = [before ?? { lsn: 0, latest: '' }, undefined]
  return events.map((decoded) => {
    const { stored, fault } = decoded
    if (fault !== undefined) return fault
    const { lsn = 0, latest = '', metadata, append, stream } = stored
    const [behind, of] = [last, previous?.stored]
    ;[last, previous] = [{ lsn, latest }, decoded]
    const isSame = lsn === behind.lsn && of !== undefined
    const least = isSame ? behind.latest : later(behind.latest, metadata.recordedAt)
    const isExact = isSame || (!isPart && lsn === behind.lsn + 1)
    if (isExact ? latest !== least : latest < least) return 'has another latest time than its slot'
    const { id, first, last: end } = of?.append ?? {}
    const follows = isSame
      ? id === append.id && first === append.first && end === append.last && of.stream.version === stream.version - 1
      : stream.version === append.first && append.id !== id
    return follows ? undefined : 'does not belong to the append whose LSN it has'
  })
}
