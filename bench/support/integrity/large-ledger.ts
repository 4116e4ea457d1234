import { randomBytes } from 'node:crypto'
import { uuidV7 } from '../../../src/core/append/uuid.ts'
import type { EventDocument, StoragePort } from '../../../src/core/index.ts'
import { leafOf } from '../../../src/integrity/chain/leaf.ts'
import type { Block, Header, LeafPlace } from '../../../src/integrity/ledger/blocks/block.ts'
import { hashOfPlaces, headerLeaf } from '../../../src/integrity/ledger/blocks/header-leaf.ts'
import type { Ledger } from '../../../src/integrity/ledger/ledger.ts'
import { advanceState, EMPTY_STATE } from '../../../src/integrity/ledger/state/advance-state.ts'
import { rootOf } from '../../../src/integrity/merkle/compact-range.ts'
import { HASH_SIZE, hashesText, hashText } from '../../../src/integrity/merkle/hash.ts'
import { eventDocuments } from './event-documents.ts'

const EVENTS_OF_BLOCK = 4_096

/** The hash of every stream, because there is one range. */
const HASH = '40000000'

const RANGE = { min: '', max: 'FF' }

/**
 * Fills a ledger with blocks for a log of many events, of which only some exist: the leaves of the others are random,
 * because making 10 million documents would take longer than everything else.
 *
 * @param every how many events there are for each that exists
 * @returns the events that exist, by position
 */
export async function fillLedger(ledger: Ledger, count: number, every: number): Promise<Map<number, EventDocument>> {
  const documents = eventDocuments(Math.ceil(count / every))
  const existing = new Map<number, EventDocument>()
  let state = EMPTY_STATE
  let last: Header | null = null
  for (let first = 0; first < count; first += EVENTS_OF_BLOCK) {
    const events = Math.min(EVENTS_OF_BLOCK, count - first)
    const random = randomBytes(events * HASH_SIZE)
    const places: LeafPlace[] = []
    const leaves = Array.from({ length: events }, (_, i) => {
      const lsn = first + i + 1
      const event = documents[Math.floor((lsn - 1) / every)]
      const exists = (lsn - 1) % every === 0 && event !== undefined
      const { id, version } = exists ? event.stream : { id: `meter:${lsn % 10_000}:2026`, version: lsn }
      places.push([id, version, lsn])
      if (!exists) return random.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE)
      existing.set(lsn, event)
      return leafOf(event)
    })
    const to = positionAt(first + events)
    const continuations = [uuidV7()]
    const block: Block = {
      header: {
        v: 1,
        n: state.size,
        kind: 'events',
        previous: last && hashText(headerLeaf(last)),
        incarnation: 'bench',
        parts: [
          {
            range: RANGE,
            after: last && { block: last.n, part: 0 },
            from: last === null ? null : positionAt(first),
            to,
            events,
          },
        ],
        root: hashText(rootOf(leaves)),
        places: hashOfPlaces({ places, continuations }),
        at: new Date(1_767_225_600_000 + first).toISOString(),
      },
      body: { leaves: hashesText(leaves), places, continuations },
    }
    await ledger.create(block)
    const next = advanceState(state, block)
    for (const { level, index, hashes } of next.filled) await ledger.saveTile(level, index, hashes)
    state = next.state
    last = block.header
  }
  await ledger.saveState(state, undefined)
  return existing
}

const positionAt = (lsn: number) => ({ lsn, hash: HASH, version: 1 })

/** The log that has those events. Finding an event in it costs nothing. */
export function logOf(existing: ReadonlyMap<number, EventDocument>, storage: StoragePort): StoragePort {
  const at = new Map([...existing].map(([lsn, { stream }]) => [`${stream.id}@${stream.version}`, lsn]))
  let wanted = 0
  return {
    ...storage,
    events: {
      ...storage.events,
      async load(streamId, { from = 0 } = {}) {
        wanted = at.get(`${streamId}@${from}`) ?? 0
        const event = existing.get(wanted)
        return { events: event ? [event] : [], version: from }
      },
      locate: async () => [{ streamId: '', hash: HASH, at: positionAt(wanted) }],
    },
  }
}
