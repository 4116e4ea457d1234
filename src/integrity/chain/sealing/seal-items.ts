import { createBreather } from '../../../core/async/breathe.ts'
import type { Clock } from '../../../core/clock.ts'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Position } from '../../../core/positions/position.ts'
import type { LeafPlace } from '../../ledger/blocks/block.ts'
import type { Hash } from '../../merkle/hash.ts'
import { leafOf } from '../leaf.ts'
import { needsStreamSalt, type StreamSalts } from './stream-salts.ts'

/** An event that is to be sealed. */
export type SealItem = {
  readonly position: Position
  readonly leaf: Hash
  readonly place: LeafPlace
  /** Its approximate size in a block, in bytes. */
  readonly bytes: number
}

// Of a leaf: 32 bytes in base64.
const LEAF_BYTES = 43

/** Hashes events, in their order. The salts of streams that end among them are erased. */
export async function sealItems(
  events: readonly FeedEvent[],
  salts: StreamSalts,
  clock: Pick<Clock, 'now'>,
): Promise<SealItem[]> {
  const breathe = createBreather(clock)
  const unsalted = new Set<string>()
  const ended: string[] = []
  for (const { event } of events) {
    if (needsStreamSalt(event)) unsalted.add(event.stream.id)
    if (event.eventType === TOMBSTONE) ended.push(event.stream.id)
  }
  const found = unsalted.size > 0 ? await salts.of(unsalted) : undefined
  const items: SealItem[] = []
  for (const { event, position } of events) {
    await breathe()
    const { id, version } = event.stream
    const { lsn, hash } = position
    const place: LeafPlace = [id, version, lsn]
    items.push({
      position: { lsn, hash, version: position.version },
      leaf: leafOf(event, needsStreamSalt(event) ? found?.get(id) : undefined),
      place,
      bytes: LEAF_BYTES + JSON.stringify(place).length,
    })
  }
  if (ended.length > 0) await salts.erase(ended)
  return items
}
