import { NotJson } from '../../../core/errors/input.ts'
import { restartSignature } from '../../heads/restart-note.ts'
import { type Block, type ChainEnd, eventsIn, type Header } from '../../ledger/blocks/block.ts'
import { hashOfPlaces, headerLeaf } from '../../ledger/blocks/header-leaf.ts'
import { type CompactRange, compactRange, rootOf } from '../../merkle/compact-range.ts'
import { type Hash, hashText, parseHash, parseHashes } from '../../merkle/hash.ts'
import type { KnownHeads } from '../heads/known-heads.ts'
import type { Run } from '../run.ts'
import { createPartCheck } from './check-parts.ts'
import { createTileCheck, isStored } from './check-tiles.ts'
import { type CheckedBlock, readLedger } from './read-ledger.ts'

/** Where a verification of a ledger begins: at block 0, or after a head that is trusted. */
export type LedgerStart = Pick<CompactRange, 'size' | 'edge'> & {
  /** The leaf of the header before, as base64, or null. */
  readonly previous: string | null
  /** Where the chain of each range ends there. */
  readonly ends: readonly ChainEnd[]
}

/** The beginning of a ledger. */
export const START: LedgerStart = { size: 0, edge: [], previous: null, ends: [] }

/**
 * Reads the blocks of a ledger, and checks each by itself, against the one before it, and against the heads, tiles and
 * state of the ledger.
 *
 * @param each takes those whose leaves can be compared with events
 * @returns when the end of the ledger was looked for
 */
export async function checkLedger(
  run: Run,
  start: LedgerStart,
  heads: KnownHeads,
  each: (block: CheckedBlock) => Promise<void>,
): Promise<number> {
  const { ledger, findings, tally, storage, progress } = run
  const isWhole = start.size === 0
  const state = (await ledger.state())?.document
  const tiles = createTileCheck(ledger, findings, isWhole ? state : undefined)
  const parts = createPartCheck(findings, start.ends)
  const tree = compactRange(start.size, start.edge)
  let { previous }: { previous: string | null | undefined } = start
  let incarnation: string | undefined
  // After a block that cannot be read, the roots are not known any more.
  let isRooted = true
  heads.compare(tree.size, tree.root())
  tally.size = start.size

  const found = readLedger(run, start.size)
  for (;;) {
    const next = await found.next()
    if (next.done) {
      if (isWhole) tiles.finish(tally.size)
      heads.finish(tally.size)
      return next.value
    }
    const { n, block } = next.value
    tally.size = n + 1
    const leaf = block && leafOrNothing(block)
    if (block === undefined || leaf === undefined) {
      const isMissing = block === undefined && next.value.is === 'missing'
      const message = `Block ${n} ${isMissing ? 'does not exist, although later ones do' : 'is damaged'}`
      findings.add(isMissing ? 'blockMissing' : 'blockDamaged', message, { block: n })
      previous = undefined
      isRooted = false
      continue
    }
    await checkLink(block, n)
    checkIncarnation(block, n)
    previous = hashText(leaf)
    parts.add(block)
    tally.events += eventsIn(block.header.parts)
    if (isRooted) {
      tree.append(leaf, tiles.completed)
      heads.compare(tree.size, tree.root())
      heads.sealed(n, block.header.at)
      if (isWhole) await tiles.compare(tree.size, tally.events, parts.ends)
    }
    await each(checkContent(block, n))
    progress({ phase: 'events', done: tally.events, total: Math.max(tally.events, state?.events ?? 0) })
  }

  async function checkLink({ header }: Block, n: number): Promise<void> {
    if (previous === undefined || header.previous === previous) return
    const before = parseHash(header.previous)
    // If what is stored elsewhere agrees with the link, it is the header before that was changed.
    if (before !== undefined && isWhole && isStored(await tiles.stored(n - 1), before)) {
      findings.add('headerChanged', `The header of block ${n - 1} is not the one that was sealed`, { block: n - 1 })
    } else {
      findings.add('linkBroken', `Block ${n} does not name the header of block ${n - 1}`, { block: n })
    }
  }

  function checkIncarnation({ header }: Block, n: number): void {
    incarnation ??= header.incarnation
    if (header.incarnation !== incarnation) {
      findings.add('incarnationChanged', `Block ${n} is of another incarnation of the log than those before`, {
        block: n,
      })
    }
    if (header.restarted !== undefined) {
      const { origin, size } = header.restarted
      const message = `The chain was restarted for a new incarnation of the log; the one before, ${origin}, has ${size} blocks`
      findings.add('restarted', message, { block: n })
      heads.restarted(header.restarted, checkRestart(header, n) === 'valid')
    }
    if (n === start.size && header.incarnation !== storage.incarnation) {
      const message = 'The log is of another incarnation than the chain: it was restored or copied'
      findings.add('incarnationChanged', message, {}, run.by === 'stream' ? 'notice' : 'gap')
    }
  }

  function checkRestart(header: Header, n: number): ReturnType<typeof restartSignature> {
    const found = restartSignature(header, run.origin, run.keys.heads)
    if (found !== 'valid' && run.keys.heads.length > 0) {
      const message = 'No trusted key signed the restart of the chain, which may hide what was changed'
      findings.add(found === 'missing' ? 'signatureMissing' : 'signatureWrong', message, { block: n })
    }
    return found
  }

  function checkContent({ header, body }: Block, n: number): CheckedBlock {
    const leaves = parseHashes(body.leaves) ?? []
    if (hashText(rootOf(leaves)) !== header.root) {
      findings.add('rootWrong', `The leaves of block ${n} are not those of its root`, { block: n })
    }
    if (hashOfPlaces(body) !== header.places) {
      findings.add('placesWrong', `The places of block ${n} are not those that were sealed`, { block: n })
    }
    return { n, header, body, leaves }
  }
}

/** The leaf of a block, or undefined if its header cannot be hashed. */
function leafOrNothing({ header }: Block): Hash | undefined {
  try {
    return headerLeaf(header)
  } catch (error) {
    if (error instanceof NotJson) return undefined
    throw error
  }
}
