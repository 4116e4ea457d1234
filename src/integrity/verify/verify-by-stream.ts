import type { FeedEvent } from '../../core/port/change-feed.ts'
import { TOMBSTONE } from '../../core/port/event-document.ts'
import { createUnsealedCheck } from './events/check-unsealed.ts'
import { createComparison } from './events/compare-leaf.ts'
import { compareStreams, type LastLeaves } from './events/compare-streams.ts'
import { createErasures } from './events/erasures.ts'
import { openFeed } from './events/open-feed.ts'
import { createSalts } from './events/salts.ts'
import type { KnownHeads } from './heads/known-heads.ts'
import { checkLedger, type LedgerStart } from './ledger/check-ledger.ts'
import { isPicked, type Run } from './run.ts'
import { checkStreams } from './streams/check-streams.ts'
import { addPlaces, createVersions } from './streams/check-versions.ts'
import { createKeyedHash } from './streams/keyed-hash.ts'

/**
 * Verifies a ledger, and the events stream by stream, wherever they are in the feed: after a restore or a copy they have
 * other LSNs. Then it reads the feed once, for tombstones, for what is stored besides the documents, and for events that
 * were not sealed. Events of a stream that ended, but was not erased yet, are not compared.
 */
export async function verifyByStream(run: Run, start: LedgerStart, heads: KnownHeads): Promise<void> {
  const { ledger, findings, sample } = run
  const hash = createKeyedHash()
  const isWhole = start.size === 0
  const erasures = createErasures(run, hash)
  const salts = createSalts(ledger)
  const compare = createComparison(run, salts, erasures)
  const versions = createVersions(hash, 0, isWhole)
  const last: LastLeaves = new Map()
  const windows = await openFeed(run)
  const checkRest = createUnsealedCheck(run, windows, versions, erasures, isSealed)

  const endedAt = await checkLedger(run, start, heads, async (block) => {
    const skipped = addPlaces(run, versions, block)
    if (skipped.size === 0 && !isPicked(run)) return
    await compareStreams(run, { salts, erasures, compare, last }, block, skipped)
  })
  await checkRest({ endedAt })
  if (isWhole && sample === 1) await checkStreams(run, { hash, versions, erasures, checkUnsealed: checkRest })
  erasures.finish()

  async function isSealed({ event, fault }: FeedEvent): Promise<boolean> {
    const { id: streamId, version } = event.stream
    const slot = versions.find(streamId)
    const isUnknown = slot < 0 && (!isWhole || !versions.covers(streamId))
    if (!isUnknown && (slot < 0 || version > versions.table.version(slot))) return false
    const leaf = last.get(streamId)
    if (event.eventType !== TOMBSTONE) erasures.left(streamId)
    else {
      // A tombstone is the last event of its stream.
      if (!isUnknown && version < versions.table.version(slot)) return false
      await salts.load([event])
      if (leaf?.version === version) await compare({ event }, leaf)
      else erasures.ended(streamId, event.metadata?.recordedAt, true, 0)
    }
    if (fault !== undefined) {
      findings.add('notAsWritten', `What is stored for the event is not what was written: ${fault}`, {
        streamId,
        version,
      })
    }
    return true
  }
}
