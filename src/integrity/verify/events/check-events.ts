import type { LeafPlace } from '../../ledger/blocks/block.ts'
import type { CheckedBlock } from '../ledger/read-ledger.ts'
import { isPicked, type Run } from '../run.ts'
import { addPlaces, reportGaps, type Versions } from '../streams/check-versions.ts'
import { comparePart, type PartTools } from './compare-part.ts'

/** Checks the events of a block against its leaves, and the succession of versions. */
export type CheckEvents = (block: CheckedBlock) => Promise<void>

/** Creates the check of the events of blocks, which must come in order. */
export function createEventCheck(run: Run, tools: PartTools, versions: Versions): CheckEvents {
  const { windows, erasures } = tools
  return async (block) => {
    const { n, header, leaves, body } = block
    const skipped = addPlaces(run, versions, block)
    const isWanted = isPicked(run) || skipped.size > 0 || body.places.some(([streamId]) => erasures.isWaiting(streamId))
    let first = 0
    for (const [index, { range, from, to, events }] of header.parts.entries()) {
      const places = body.places.slice(first, first + events)
      const offset = first
      first += events
      if (!isWanted) {
        windows.skip(range, to, body.continuations[index] as string)
        continue
      }
      const leaf = (i: number) => ({
        hash: leaves[offset + i] as Uint8Array,
        block: n,
        lsn: (places[i] as LeafPlace)[2],
        skipped: skipped.get(places[i] as LeafPlace) ?? 0,
      })
      await comparePart(run, tools, { range, from, to, block: n, places, leaf })
    }
    reportGaps(run, erasures, n, skipped)
  }
}
