import { ForeignOrigin, InvalidNote } from '../../../core/errors/integrity.ts'
import type { TreeHead } from '../../heads/head.ts'
import type { ChainEnd, PartReference } from '../../ledger/blocks/block.ts'
import { hashOfPlaces, headerLeaf } from '../../ledger/blocks/header-leaf.ts'
import type { LedgerState } from '../../ledger/ledger.ts'
import { readState } from '../../ledger/state/follow-ledger.ts'
import { treeOf } from '../../ledger/tree/open-tree.ts'
import type { LedgerTree } from '../../ledger/tree/tree.ts'
import { compactRange } from '../../merkle/compact-range.ts'
import { verifyConsistency } from '../../merkle/consistency.ts'
import { hashText, sameHash } from '../../merkle/hash.ts'
import { verifyInclusion } from '../../merkle/inclusion.ts'
import { parseHead } from '../../notes/head-text.ts'
import { checkSignatures } from '../../notes/open-note.ts'
import { parseNote } from '../../notes/signed-note.ts'
import type { KnownHead } from '../heads/known-heads.ts'
import type { Run } from '../run.ts'
import { type LedgerStart, START } from './check-ledger.ts'

const BATCH = 16

/**
 * The place after a head that was verified before. The edge of the tree there is read from the ledger, and is right if it
 * has the root of the head.
 *
 * @param heads those that were kept elsewhere: the ones before it must be consistent with it
 * @throws InvalidNote, ForeignOrigin
 */
export async function beginAt(run: Run, note: string, heads: readonly KnownHead[]): Promise<LedgerStart> {
  const { ledger, origin, findings, keys } = run
  const parsed = parseNote(note)
  const head = parseHead(parsed.text)
  if (head.origin !== origin) throw new ForeignOrigin('The note to begin after', origin, head.origin)
  if (checkSignatures(parsed, keys.heads).verified.length === 0) {
    throw new InvalidNote('No trusted key signed the note to begin after')
  }
  if (head.size === 0) return START
  // One reading for the tree and the ends: what is sealed between two would be missing in one of them.
  const { state } = await readState(ledger)
  const tree = treeOf(ledger, state)
  const [last] = await ledger.blocks(head.size - 1, 1)
  if (tree.size < head.size || last === undefined) {
    const message = `The note to begin after has ${head.size} blocks, and the ledger ${tree.size}: its end is missing`
    findings.add('rollback', message, { block: tree.size })
    return START
  }
  const leaf = headerLeaf(last.header)
  // The siblings on the way from the last leaf to the root are the edge of the tree without it.
  const before = compactRange(head.size - 1, (await tree.inclusion(head.size - 1, head.size)).toReversed())
  before.append(leaf)
  if (!sameHash(before.root(), head.root)) {
    findings.add('fork', `The ledger has another root at the size of the note to begin after, ${head.size}`)
    return START
  }
  for (const earlier of heads) {
    if (earlier.size === 0 || earlier.size >= head.size) continue
    const path = await tree.consistency(earlier.size, head.size)
    if (verifyConsistency(earlier.size, head.size, path, earlier.root, head.root)) continue
    const message = `The head of size ${earlier.size} from ${earlier.source} is not one of this ledger`
    findings.add('fork', message, { block: earlier.size - 1 })
  }
  const ends = await endsAt(run, state, tree, head)
  return { size: head.size, edge: before.edge, previous: hashText(leaf), ends }
}

/** Where the chain of each range ended at a head: what continued from there since, and what did not continue. */
async function endsAt(
  { ledger, findings }: Run,
  state: LedgerState,
  tree: LedgerTree,
  { size, root }: TreeHead,
): Promise<readonly ChainEnd[]> {
  const found = new Map<number, Set<number>>()
  const take = (after: PartReference | null) => {
    if (after === null || after.block >= size) return
    found.set(after.block, (found.get(after.block) ?? new Set()).add(after.part))
  }
  for (const { after } of state.ends) take(after)
  for (let n = size; n < tree.size; ) {
    const blocks = await ledger.blocks(n, BATCH)
    if (blocks.length === 0) break
    for (const { header } of blocks) for (const { after } of header.parts) take(after)
    n += blocks.length
  }
  const ends: ChainEnd[] = []
  for (const [n, parts] of found) {
    const [block] = await ledger.blocks(n, 1)
    if (block === undefined) continue
    const { header, body } = block
    if (!verifyInclusion(headerLeaf(header), n, size, await tree.inclusion(n, size), root)) {
      findings.add('headerChanged', `The header of block ${n} is not the one that was sealed`, { block: n })
    }
    if (hashOfPlaces(body) !== header.places) {
      findings.add('placesWrong', `The places of block ${n} are not those that were sealed`, { block: n })
    }
    for (const index of parts) {
      const part = header.parts[index]
      if (part === undefined) continue
      const continuation = body.continuations[index] as string
      ends.push({ range: part.range, after: { block: n, part: index }, to: part.to, continuation })
    }
  }
  return ends
}
