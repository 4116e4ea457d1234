import { fullInterval, type HashInterval } from '../../../../src/core/positions/hash-interval.ts'
import type { Block, Header, LeafPlace, Part } from '../../../../src/integrity/ledger/blocks/block.ts'
import { hashOfPlaces, headerLeaf } from '../../../../src/integrity/ledger/blocks/header-leaf.ts'
import { rootOf } from '../../../../src/integrity/merkle/compact-range.ts'
import { type Hash, hashesText, hashText, leafHash } from '../../../../src/integrity/merkle/hash.ts'

/** A part of one event, without those that depend on the chain. */
type PartOf = { readonly range?: HashInterval; readonly after?: Part['after']; readonly from?: Part['from'] }

/** A block of one event for each part, at LSN n + 1. */
export function blockAfter(previous: Header | null, parts: readonly PartOf[] = [{}]): Block {
  const n = previous === null ? 0 : previous.n + 1
  const leaves: Hash[] = []
  const places: LeafPlace[] = []
  const all = parts.map(({ range = fullInterval, after, from }, i): Part => {
    leaves.push(leafHash(`${n}.${i}`))
    places.push([`thing:${i}`, n + 1, n + 1])
    return {
      range,
      after: after ?? (n === 0 ? null : { block: n - 1, part: i }),
      from: from ?? (n === 0 ? null : { lsn: n, hash: '40', version: n }),
      to: { lsn: n + 1, hash: '40', version: n + 1 },
      events: 1,
    }
  })
  const continuations = all.map((_, i) => `c${n}.${i}`)
  const header: Header = {
    v: 1,
    n,
    kind: 'events',
    previous: previous && hashText(headerLeaf(previous)),
    incarnation: 'one',
    parts: all,
    root: hashText(rootOf(leaves)),
    places: hashOfPlaces({ places, continuations }),
    at: '2026-01-01T00:00:00.000Z',
  }
  return { header, body: { leaves: hashesText(leaves), places, continuations } }
}

/** The first blocks of a chain of one range. */
export function chainOf(count: number): readonly Block[] {
  const blocks: Block[] = []
  for (let n = 0; n < count; n++) blocks.push(blockAfter(blocks.at(-1)?.header ?? null))
  return blocks
}
