import type { Clock } from '../../../core/clock.ts'
import type { Block, Body, Header } from '../../ledger/blocks/block.ts'
import { hashOfPlaces, headerLeaf } from '../../ledger/blocks/header-leaf.ts'
import { rootOf } from '../../merkle/compact-range.ts'
import { type Hash, hashesText, hashText } from '../../merkle/hash.ts'

/** What a block is to contain. */
export type Draft = Pick<Header, 'kind' | 'branch' | 'restarted' | 'parts'> &
  Pick<Body, 'places' | 'continuations'> & { readonly leaves: readonly Hash[] }

/** A draft without events. */
export const NO_EVENTS = { parts: [], leaves: [], places: [], continuations: [] } as const

/** The block of a draft, on top of the last one. */
export function toBlock(
  { kind, branch, restarted, parts, leaves, places, continuations }: Draft,
  last: Header | null,
  incarnation: string,
  clock: Pick<Clock, 'now'>,
): Block {
  const header: Header = {
    v: 1,
    n: last === null ? 0 : last.n + 1,
    kind,
    previous: last && hashText(headerLeaf(last)),
    incarnation,
    parts,
    root: hashText(rootOf(leaves)),
    places: hashOfPlaces({ places, continuations }),
    at: new Date(clock.now()).toISOString(),
    ...(branch && { branch }),
    ...(restarted && { restarted }),
  }
  return { header, body: { leaves: hashesText(leaves), places, continuations } }
}
