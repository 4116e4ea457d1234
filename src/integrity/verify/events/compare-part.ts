import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import { needsStreamSalt } from '../../chain/sealing/stream-salts.ts'
import type { LeafPlace, Part } from '../../ledger/blocks/block.ts'
import type { Run } from '../run.ts'
import type { CompareLeaf, SealedLeaf } from './compare-leaf.ts'
import type { Erasures } from './erasures.ts'
import type { FeedWindows } from './feed-window.ts'
import type { Salts } from './salts.ts'

/** A part of a block with its leaves. */
export type SealedPart = Pick<Part, 'range' | 'from' | 'to'> & {
  readonly block: number
  readonly places: readonly LeafPlace[]
  readonly leaf: (index: number) => SealedLeaf
}

/** What the comparison of parts uses. */
export type PartTools = {
  readonly windows: FeedWindows
  readonly salts: Salts
  readonly erasures: Erasures
  readonly compare: CompareLeaf
}

/**
 * Compares the leaves of a part with the events that are in its window of the feed, by stream and version. As long as
 * they are in the same order, which they always are unless events were erased, no index is built.
 */
export async function comparePart({ findings, signal }: Run, tools: PartTools, part: SealedPart): Promise<void> {
  const { windows, salts, erasures, compare } = tools
  const { range, from, to, block, places, leaf } = part
  // Nothing is left before it, unless the part before is missing or damaged.
  if (from !== null) windows.skip(range, from, undefined)
  let next = 0
  let rest: Map<string, number> | undefined
  // What is missing before a tombstone may have been erased, so it is reported first.
  const tombstones: (readonly [FeedEvent, number])[] = []
  for (;;) {
    signal.throwIfAborted()
    const found = await windows.take(range, to)
    if (found === undefined) break
    if (found.some(({ event }) => needsStreamSalt(event))) await salts.load(found.map(({ event }) => event))
    for (const one of found) {
      const index = rest === undefined && isAt(places[next], one) ? next++ : findIndex(one)
      if (index === undefined) {
        const { id: streamId, version } = one.event.stream
        if (await erasures.wasErased(one, block)) continue
        findings.add('eventExtra', 'The event is among sealed ones, and was not sealed', { streamId, version, block })
      } else if (one.event.eventType === TOMBSTONE) {
        tombstones.push([one, index])
      } else {
        const later = compare(one, leaf(index))
        if (later !== undefined) await later
      }
    }
  }
  const missing = rest?.values() ?? Array.from({ length: places.length - next }, (_, i) => next + i)
  for (const index of missing) {
    const [streamId, version] = places[index] as LeafPlace
    await erasures.missing(streamId, version, block)
  }
  for (const [one, index] of tombstones) await compare(one, leaf(index))

  function findIndex({ event }: FeedEvent): number | undefined {
    rest ??= new Map(places.slice(next).map(([streamId, version], i) => [`${streamId}@${version}`, next + i]))
    const key = `${event.stream.id}@${event.stream.version}`
    const index = rest.get(key)
    rest.delete(key)
    return index
  }
}

const isAt = (place: LeafPlace | undefined, { event }: FeedEvent): boolean =>
  place !== undefined && place[1] === event.stream.version && place[0] === event.stream.id
