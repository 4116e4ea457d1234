import { idFault } from '../../../core/ids.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import { needsStreamSalt, saltIn } from '../../chain/sealing/stream-salts.ts'
import type { Ledger } from '../../ledger/ledger.ts'

/** The salts of streams that have events older than the chain. */
export type Salts = {
  /** Reads the salts of the streams of some events, as far as they need them. */
  load(events: Iterable<EventDocument>): Promise<void>
  /** The salt of a stream whose event was loaded before. */
  of(streamId: string): string | undefined
}

// Streams whose salts are remembered.
const MOST = 20_000

/** Reads salts from a ledger. */
export function createSalts(ledger: Pick<Ledger, 'getMany'>): Salts {
  const known = new Map<string, string | undefined>()
  return {
    async load(events) {
      const wanted = new Set<string>()
      for (const event of events) {
        if (needsStreamSalt(event) && !known.has(event.stream.id)) wanted.add(event.stream.id)
      }
      if (wanted.size === 0) return
      if (known.size > MOST) known.clear()
      // A stream whose id was edited to an invalid one has no salt.
      const valid = [...wanted].filter((id) => idFault(id) === undefined)
      const found = await ledger.getMany('salt', valid)
      for (const id of wanted) known.set(id, saltIn(found.get(id)))
    },
    of: (streamId) => known.get(streamId),
  }
}
