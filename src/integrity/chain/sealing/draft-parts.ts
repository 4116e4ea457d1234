import type { FeedRange } from '../../../core/port/change-feed.ts'
import { comparePositions } from '../../../core/positions/position.ts'
import type { LeafPlace, Part } from '../../ledger/blocks/block.ts'
import { endOf, isSplit } from '../../ledger/blocks/chain-ends.ts'
import type { LedgerState } from '../../ledger/ledger.ts'
import type { Hash } from '../../merkle/hash.ts'
import type { Draft } from '../writing/block-draft.ts'
import type { SealItem } from './seal-items.ts'

/** Events of a range that wait to be sealed, in the order of the range. */
export type WaitingPage = {
  readonly range: FeedRange
  /** Those that are not sealed yet, as far as is known. */
  items: readonly SealItem[]
  /** Where the page begins, and where reading resumes after it. */
  readonly from: string
  readonly to: string
}

/** How much goes into a block. */
export type BlockBounds = { readonly maxEvents: number; readonly maxBytes: number }

/** A draft, and the number of items that it takes of each page. */
export type DraftedParts = { readonly draft: Draft; readonly taken: ReadonlyMap<WaitingPage, number> }

/**
 * Drafts a block of pending events, in the order of the pages, and drops from them what was sealed meanwhile: by another
 * worker, by this one before an answer was lost, or by the parts of a range that was split.
 *
 * @returns undefined if nothing is left
 */
export function draftParts(
  { ends }: LedgerState,
  pages: readonly WaitingPage[],
  { maxEvents, maxBytes }: BlockBounds,
): DraftedParts | undefined {
  const parts: Part[] = []
  const leaves: Hash[] = []
  const places: LeafPlace[] = []
  const continuations: string[] = []
  const taken = new Map<WaitingPage, number>()
  let bytes = 0
  for (const page of pages) {
    const { range } = page
    const end = endOf(ends, range)
    // Its parts are read again from where the chain of the whole ended.
    if (isSplit(ends, range)) page.items = []
    else if (end) page.items = page.items.filter(({ position }) => comparePositions(position, end.to) > 0)
    const first = leaves.length
    for (const { leaf, place, bytes: more } of page.items) {
      if (leaves.length >= maxEvents || (leaves.length > 0 && bytes + more > maxBytes)) break
      bytes += more
      leaves.push(leaf)
      places.push(place)
    }
    const events = leaves.length - first
    if (events === 0) continue
    const { position } = page.items[events - 1] as SealItem
    parts.push({ range, after: end?.after ?? null, from: end?.to ?? null, to: position, events })
    // A page that is cut is read again, and what is sealed of it skipped.
    continuations.push(events === page.items.length ? page.to : page.from)
    taken.set(page, events)
  }
  if (parts.length === 0) return undefined
  return { draft: { kind: 'events', parts, leaves, places, continuations }, taken }
}
