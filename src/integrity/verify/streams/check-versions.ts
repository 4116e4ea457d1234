import type { LeafPlace } from '../../ledger/blocks/block.ts'
import type { Erasures } from '../events/erasures.ts'
import type { CheckedBlock } from '../ledger/read-ledger.ts'
import type { Run } from '../run.ts'
import type { KeyedHash } from './keyed-hash.ts'
import { createStreamTable, type StreamTable } from './stream-table.ts'

/** How a version follows the one before it in its stream. */
export type Succession = {
  /** Whether it has been there already, or comes after a higher one. */
  readonly isAgain: boolean
  /** Versions between the one before it and this one. */
  readonly skipped: number
}

/** The versions of streams, in the order in which they were sealed. */
export type Versions = {
  readonly table: StreamTable
  /** The slot of a stream in the table, or -1. */
  find(streamId: string): number
  /** Whether a stream is one of this pass. */
  covers(streamId: string): boolean
  /** Takes the next version of a stream, in place order. @returns undefined if it is as it should be */
  add(streamId: string, version: number, marks?: number): Succession | undefined
}

/**
 * @param hash that of the whole verification @param from the lowest hash of the streams of this pass; see `StreamTable`
 * @param isWhole whether streams begin here, rather than somewhere before
 */
export function createVersions(hash: KeyedHash, from: number, isWhole: boolean): Versions {
  const table = createStreamTable(from)
  return {
    table,
    find(streamId) {
      hash.of(streamId)
      return table.find(hash.high, hash.low)
    },
    covers(streamId) {
      hash.of(streamId)
      return hash.high >= table.from && hash.high < table.to
    },
    add(streamId, version, marks = 0) {
      hash.of(streamId)
      const slot = table.slot(hash.high, hash.low)
      if (slot < 0) return undefined
      const last = table.version(slot)
      if (last === 0 && marks !== 0) table.mark(slot, marks)
      if (version === last + 1) {
        table.setVersion(slot, version)
        return undefined
      }
      if (version <= last) return { isAgain: true, skipped: 0 }
      table.setVersion(slot, version)
      return last > 0 || isWhole ? { isAgain: false, skipped: version - last - 1 } : undefined
    },
  }
}

/** Places after versions that were not sealed, and how many. */
export type SkippedVersions = ReadonlyMap<LeafPlace, number>

const NOTHING: SkippedVersions = new Map()

/** Takes the versions of a block's places, and reports those that have been sealed already. */
export function addPlaces(
  { findings }: Pick<Run, 'findings'>,
  versions: Versions,
  { n, body }: Pick<CheckedBlock, 'n' | 'body'>,
): SkippedVersions {
  let skipped: Map<LeafPlace, number> | undefined
  for (const place of body.places) {
    const [streamId, version] = place
    const succession = versions.add(streamId, version)
    if (succession === undefined) continue
    if (succession.isAgain) {
      findings.add('leafDuplicate', 'The version was sealed before', { streamId, version, block: n })
    } else {
      skipped ??= new Map()
      skipped.set(place, succession.skipped)
    }
  }
  return skipped ?? NOTHING
}

/** Reports that versions before one were not sealed. */
export const reportGap = ({ findings }: Pick<Run, 'findings'>, block: number, streamId: string, version: number) =>
  findings.add('versionGap', 'Versions before this one were not sealed', { streamId, version, block })

/** Reports the gaps in a block. */
export function reportGaps(
  run: Pick<Run, 'findings'>,
  erasures: Pick<Erasures, 'hasEnded'>,
  block: number,
  skipped: SkippedVersions,
): void {
  for (const [streamId, version] of skipped.keys()) {
    // Events that were erased before they were sealed have no leaf. Only a tombstone can follow on them.
    if (!erasures.hasEnded(streamId)) reportGap(run, block, streamId, version)
  }
}
