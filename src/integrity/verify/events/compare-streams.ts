import { concurrently } from '../../../core/async/concurrently.ts'
import type { EventDocument } from '../../../core/port/event-document.ts'
import type { CheckedBlock } from '../ledger/read-ledger.ts'
import type { Run } from '../run.ts'
import { reportGap, type SkippedVersions } from '../streams/check-versions.ts'
import type { CompareLeaf, SealedLeaf } from './compare-leaf.ts'
import type { Erasures } from './erasures.ts'
import { loadStream } from './load-stream.ts'
import type { Salts } from './salts.ts'

/** The last leaf of each stream that the storage says is deleted: it should be that of its tombstone. */
export type LastLeaves = Map<string, SealedLeaf & { readonly version: number }>

/** What the comparison of streams uses. */
export type StreamTools = {
  readonly salts: Salts
  readonly erasures: Erasures
  readonly compare: CompareLeaf
  readonly last: LastLeaves
}

const AT_ONCE = 8

type Leaf = SealedLeaf & { readonly version: number }

/** Compares the leaves of a block with events that are loaded stream by stream, wherever they are in the feed. */
export async function compareStreams(
  run: Run,
  { salts, erasures, compare, last }: StreamTools,
  { n, body, leaves }: CheckedBlock,
  skipped: SkippedVersions,
): Promise<void> {
  const { storage, signal, findings } = run
  const streams = new Map<string, Leaf[]>()
  for (const [index, place] of body.places.entries()) {
    const [streamId, version, lsn] = place
    const leaf = { hash: leaves[index] as Uint8Array, block: n, lsn, skipped: skipped.get(place) ?? 0, version }
    const known = streams.get(streamId)
    if (known === undefined) streams.set(streamId, [leaf])
    else known.push(leaf)
  }
  await concurrently(AT_ONCE, streams, async ([streamId, sealed]) => {
    signal.throwIfAborted()
    const [lowest, highest] = boundsOf(sealed)
    const events = await load(streamId, lowest, highest)
    if (events === 'deleted') {
      last.set(streamId, sealed.at(-1) as Leaf)
      for (const { version } of sealed) await erasures.missing(streamId, version, n)
      return undefined
    }
    await salts.load([...events.values()].filter((event) => event !== undefined))
    for (const leaf of sealed) {
      const { version } = leaf
      const event = events.get(version)
      if (event !== undefined) await compare({ event }, leaf)
      else if (!events.has(version)) await erasures.missing(streamId, version, n)
      if (leaf.skipped === 0) continue
      reportGap(run, n, streamId, version)
    }
    return undefined
  })

  /** The events by version. One that cannot be decoded is compared when the feed is read. */
  async function load(
    id: string,
    from: number,
    to: number,
  ): Promise<Map<number, EventDocument | undefined> | 'deleted'> {
    const found = await loadStream(storage.events, id, { from, to, signal })
    if (typeof found === 'object') return new Map(found.events.map((event) => [event.stream.version, event]))
    if (found === 'deleted') return found
    if (found === 'invalid') return new Map()
    if (from === to) return damaged(id, from)
    const middle = Math.floor((from + to) / 2)
    const [low, high] = [await load(id, from, middle), await load(id, middle + 1, to)]
    return low === 'deleted' || high === 'deleted' ? 'deleted' : new Map([...low, ...high])
  }

  function damaged(streamId: string, version: number): Map<number, undefined> {
    findings.add('eventChanged', 'What is stored for the event cannot be read', { streamId, version, block: n })
    return new Map([[version, undefined]])
  }
}

// Not by spreading, because a block that was edited may have any number of leaves.
const boundsOf = (leaves: readonly Leaf[]): [lowest: number, highest: number] =>
  leaves.reduce<[number, number]>(
    ([low, high], { version }) => [Math.min(low, version), Math.max(high, version)],
    [Number.MAX_SAFE_INTEGER, 0],
  )
