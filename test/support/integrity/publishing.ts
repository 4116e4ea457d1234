import type { Clock } from '../../../src/core/clock.ts'
import { AnchorRefused, AnchorUnavailable } from '../../../src/core/errors/integrity.ts'
import type { Anchor } from '../../../src/integrity/heads/anchor.ts'
import type { TreeHead } from '../../../src/integrity/heads/head.ts'
import type { Block } from '../../../src/integrity/ledger/blocks/block.ts'
import { headerLeaf } from '../../../src/integrity/ledger/blocks/header-leaf.ts'
import type { Ledger } from '../../../src/integrity/ledger/ledger.ts'
import { openLedger } from '../../../src/integrity/ledger/open-ledger.ts'
import { rootOf } from '../../../src/integrity/merkle/compact-range.ts'
import { sameHash } from '../../../src/integrity/merkle/hash.ts'
import { headIn } from '../../../src/integrity/notes/head-text.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { blockAfter } from '../../unit/integrity/support/blocks.ts'

export const ORIGIN = 'acme/meters'

/** A clock for which short pauses take no time, and long ones last until they are aborted. */
export const hasty: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    milliseconds < 10_000
      ? Promise.resolve()
      : new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
}

/** A ledger whose administrator can put another history in its place. */
export type TestDatabase = {
  /** What processes have opened: it shows whatever is there now. */
  readonly ledger: Ledger
  /** Adds blocks. */
  grow(count: number): Promise<void>
  /** Keeps the first blocks only, puts others after them, and the stored head back as it is or away. */
  rewrite(kept: number, added: number, keepsHead?: boolean): Promise<void>
  /** Whether two heads can be of one history. */
  agree(a: TreeHead, b: TreeHead): boolean
}

export function testDatabase(): TestDatabase {
  let blocks: readonly Block[] = []
  let current = newLedger()
  // The leaves of all histories that there ever were.
  const histories: (readonly Uint8Array[])[] = []
  let rewritten = 0
  const next = (before: readonly Block[]): Block => {
    const block = blockAfter(before.at(-1)?.header ?? null)
    const at = new Date(Date.UTC(2026, 0, 1, rewritten, 0, before.length)).toISOString()
    return { ...block, header: { ...block.header, at } }
  }
  const remember = () => void histories.push(blocks.map(({ header }) => headerLeaf(header)))
  async function grow(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const block = next(blocks)
      blocks = [...blocks, block]
      await current.create(block)
    }
    remember()
  }
  const has = (leaves: readonly Uint8Array[], { size, root }: TreeHead) =>
    size <= leaves.length && sameHash(rootOf(leaves.slice(0, size)), root)
  return {
    ledger: new Proxy({} as Ledger, { get: (_, name: keyof Ledger) => current[name] }),
    grow,
    async rewrite(kept, added, keepsHead = false) {
      const head = await current.get('head', 'newest')
      const replaced = newLedger()
      for (const block of blocks.slice(0, kept)) await replaced.create(block)
      if (keepsHead && head !== undefined) await replaced.save('head', 'newest', head.document, 'ifAbsent')
      rewritten++
      blocks = blocks.slice(0, kept)
      current = replaced
      await grow(added)
    },
    agree: (a, b) => histories.some((leaves) => has(leaves, a) && has(leaves, b)),
  }
}

const newLedger = (): Ledger => openLedger(openMemory().viewStore, { generation: 1, incarnation: 'one' })

/** An anchor in memory that believes everything, and that can be away. */
export function gullibleAnchor(name = 'memory') {
  const notes: string[] = []
  const anchor = {
    name,
    notes,
    isAway: false,
    async publish(note: string) {
      if (anchor.isAway) throw new AnchorUnavailable(`${name} is away`)
      notes.push(note)
      return note
    },
    async latest() {
      if (anchor.isAway) throw new AnchorUnavailable(`${name} is away`)
      return notes.at(-1)
    },
  }
  return anchor satisfies Anchor
}

/** An anchor in memory that keeps only heads that are larger than the last one. */
export function carefulAnchor(database: TestDatabase, name = 'careful') {
  const anchor = gullibleAnchor(name)
  return Object.assign(anchor, {
    async publish(note: string) {
      if (anchor.isAway) throw new AnchorUnavailable(`${name} is away`)
      const last = anchor.notes.at(-1)
      if (last !== undefined) {
        const { size } = headIn(last)
        const isLarger = headIn(note).size > size
        if (!isLarger || !database.agree(headIn(last), headIn(note))) throw new AnchorRefused('refused', size)
      }
      anchor.notes.push(note)
      return note
    },
  })
}
