import type { StoragePort } from '../../../src/core/port/storage.ts'
import { leafOf } from '../../../src/integrity/chain/leaf.ts'
import { needsStreamSalt } from '../../../src/integrity/chain/sealing/stream-salts.ts'
import type { Block, LeafPlace, Part } from '../../../src/integrity/ledger/blocks/block.ts'
import { endOf } from '../../../src/integrity/ledger/blocks/chain-ends.ts'
import { hashOfPlaces, headerLeaf } from '../../../src/integrity/ledger/blocks/header-leaf.ts'
import type { Ledger } from '../../../src/integrity/ledger/ledger.ts'
import { advanceState } from '../../../src/integrity/ledger/state/advance-state.ts'
import { followLedger, storedState } from '../../../src/integrity/ledger/state/follow-ledger.ts'
import { rootOf } from '../../../src/integrity/merkle/compact-range.ts'
import { type Hash, hashesText, hashText } from '../../../src/integrity/merkle/hash.ts'

/** How a log is sealed by hand. */
export type SealOptions = {
  /** The approximate number of events of a part. */
  readonly events?: number
  /** At most this many blocks. */
  readonly blocks?: number
  readonly at?: string
}

/**
 * Seals what is not sealed yet, in the plainest way: one process, nothing in between. It does not use the sealer, so that
 * a mistake of the sealer is not one of its checks, too. Returns the number of blocks.
 */
export async function sealByHand(storage: StoragePort, ledger: Ledger, options: SealOptions = {}): Promise<number> {
  const { events: most = 10, blocks = Number.POSITIVE_INFINITY, at = new Date().toISOString() } = options
  const stored = await storedState(ledger)
  let { state, head } = await followLedger(ledger, stored, () => {})
  let etag = stored.etag
  for (let count = 0; count < blocks; count++) {
    const parts: Part[] = []
    const leaves: Hash[] = []
    const places: LeafPlace[] = []
    const continuations: string[] = []
    for (const range of await storage.feed.ranges()) {
      const end = endOf(state.ends, range)
      const page = await storage.feed.read(range, end?.continuation ?? 'start', { limit: most })
      const last = page.events.at(-1)
      if (last === undefined) continue
      for (const { event, position } of page.events) {
        leaves.push(leafOf(event, needsStreamSalt(event) ? await saltOf(ledger, event.stream.id) : undefined))
        places.push([event.stream.id, event.stream.version, position.lsn])
      }
      const { min, max } = range
      parts.push({
        range: { min, max },
        after: end?.after ?? null,
        from: end?.to ?? null,
        to: last.position,
        events: page.events.length,
      })
      continuations.push(page.continuation)
    }
    if (parts.length === 0) break
    const block: Block = {
      header: {
        v: 1,
        n: state.size,
        kind: 'events',
        previous: head && hashText(headerLeaf(head)),
        incarnation: storage.incarnation,
        parts,
        root: hashText(rootOf(leaves)),
        places: hashOfPlaces({ places, continuations }),
        at,
      },
      body: { leaves: hashesText(leaves), places, continuations },
    }
    if (!(await ledger.create(block))) throw new Error('Another process seals')
    const next = advanceState(state, block)
    for (const tile of next.filled) await ledger.saveTile(tile.level, tile.index, tile.hashes)
    state = next.state
    head = block.header
    etag = await ledger.saveState(state, etag)
  }
  return state.size
}

async function saltOf(ledger: Ledger, streamId: string): Promise<string> {
  const known = (await ledger.get('salt', streamId))?.document.salt
  if (typeof known === 'string') return known
  const salt = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url')
  await ledger.save('salt', streamId, { salt }, 'ifAbsent')
  return salt
}
