import { NotJson } from '../../../core/errors/input.ts'
import type { FeedEvent } from '../../../core/port/change-feed.ts'
import { type EventDocument, FORGOTTEN, TOMBSTONE } from '../../../core/port/event-document.ts'
import type { Position } from '../../../core/positions/position.ts'
import { leafOf } from '../../chain/leaf.ts'
import { needsStreamSalt } from '../../chain/sealing/stream-salts.ts'
import { type Hash, sameHash } from '../../merkle/hash.ts'
import { laterOf, type Run } from '../run.ts'
import { createHashSet } from '../streams/hash-set.ts'
import { createKeyedHash } from '../streams/keyed-hash.ts'
import { checkWriter } from './check-writer.ts'
import type { Erasures } from './erasures.ts'
import type { Salts } from './salts.ts'

/** A leaf as it was sealed. */
export type SealedLeaf = {
  readonly hash: Hash
  readonly block: number
  /** The LSN at which it was sealed. */
  readonly lsn: number
  /** The number of events before it in its stream that have no leaf. */
  readonly skipped: number
}

/** Compares an event with its leaf. The salt of its stream was loaded before. Await what it returns, if anything. */
export type CompareLeaf = (found: FoundEvent, leaf: SealedLeaf) => Promise<void> | undefined

/** An event as it was found. */
export type FoundEvent = Pick<FeedEvent, 'event' | 'fault'> & { readonly position?: Position }

const CHANGED = 'The event is not the one that was sealed'

/** Creates the comparison of events with leaves. */
export function createComparison(run: Run, salts: Salts, erasures: Erasures): CompareLeaf {
  const { findings, tally } = run
  const people = createHashSet()
  const hash = createKeyedHash()
  return ({ event, fault, position }, leaf) => {
    const { id: streamId, version } = event.stream
    const { block } = leaf
    const place = () => ({ streamId, version, block })
    tally.compared++
    if (fault !== undefined)
      findings.add('notAsWritten', `What is stored for the event is not what was written: ${fault}`, place())
    if (position !== undefined && position.lsn !== leaf.lsn) {
      findings.add('eventMoved', 'The event is not at the position at which it was sealed', place())
    }
    // One that cannot be decoded has neither data nor metadata.
    if (event.metadata === undefined) {
      findings.add('eventChanged', CHANGED, place())
      return undefined
    }
    if (event.eventType === TOMBSTONE) erasures.ended(streamId, event.metadata.recordedAt, true, leaf.skipped)
    else if (event.eventType === FORGOTTEN) countForgotten(event)
    checkWriter(run, event, place)
    const needsSalt = needsStreamSalt(event)
    const salt = needsSalt ? salts.of(streamId) : undefined
    if (needsSalt && salt === undefined) return erasures.unsalted(streamId, version, block)
    try {
      if (!sameHash(leafOf(event, salt), leaf.hash)) findings.add('eventChanged', CHANGED, place())
    } catch (error) {
      if (!(error instanceof NotJson)) throw error
      findings.add('notJson', 'What is stored for the event is not JSON', place())
    }
    return undefined
  }

  function countForgotten({ eventData, metadata }: EventDocument): void {
    hash.of(String(eventData?.person))
    people.add(hash.high, hash.low)
    tally.forgotten.people = people.size
    tally.forgotten.last = laterOf(tally.forgotten.last, metadata.recordedAt)
  }
}
