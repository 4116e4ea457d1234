import type { EventDocument } from '../../../../src/core/port/event-document.ts'
import { viewId } from '../../../../src/core/port/view-store.ts'
import { leafOf } from '../../../../src/integrity/chain/leaf.ts'
import { type Block, eventsIn } from '../../../../src/integrity/ledger/blocks/block.ts'
import { hashOfPlaces, headerLeaf } from '../../../../src/integrity/ledger/blocks/header-leaf.ts'
import { rootOf } from '../../../../src/integrity/merkle/compact-range.ts'
import { type Hash, hashesText, hashText, nodeHash, parseHashes } from '../../../../src/integrity/merkle/hash.ts'
import { headIn } from '../../../../src/integrity/notes/head-text.ts'
import type { SealedLog } from '../sealed-log.ts'
import type { TamperingCases } from './case.ts'

type Mutable<T> = { -readonly [Member in keyof T]: Mutable<T[Member]> }
type OpenBlock = Mutable<Block>

/** Replaces, or removes, what a document of the chain holds, as any client of the database can. */
export async function editDocument(
  { storage: { viewStore } }: SealedLog,
  key: string,
  change: (content: never) => unknown,
  projection = '$chain',
): Promise<void> {
  const ref = { projection, version: 1, key }
  const stored = await viewStore.get(ref)
  if (stored === undefined) throw new Error(`There is no ${viewId(ref)}`)
  const { content } = stored.document
  const changed = change(content as never)
  if (changed === undefined) await viewStore.remove(ref, stored.etag)
  else await viewStore.save({ ...stored.document, content: changed as never }, { ifMatch: stored.etag })
}

const editBlock = (n: number | ((log: SealedLog) => number), change: (block: OpenBlock) => void) => (log: SealedLog) =>
  editDocument(log, String(typeof n === 'number' ? n : n(log)), (block: OpenBlock) => {
    change(block)
    return block
  })

// A block with several leaves.
const several = (log: SealedLog): number => log.blockOf('meter:1', 2)

const sizeOf = ({ anchor }: SealedLog): number => headIn(anchor.notes.at(-1) as string).size

const last = (log: SealedLog): number => sizeOf(log) - 1

const found =
  (code: string, n: (log: SealedLog) => number) =>
  (log: SealedLog): readonly string[] => [`${code} #${n(log)}`]

const leavesOf = ({ body }: Block): readonly Hash[] => parseHashes(body.leaves) as readonly Hash[]

/** Makes a block's header agree with its body again. */
function reseal(block: OpenBlock): void {
  block.header.root = hashText(rootOf(leavesOf(block)))
  block.header.places = hashOfPlaces(block.body)
}

/** Changes a block, and recomputes everything that follows from it, as somebody does who knows how. */
export async function rewriteFrom(log: SealedLog, n: number, change: (block: OpenBlock) => void): Promise<void> {
  const blocks = await log.ledger.blocks(0, 10_000)
  let previous = n === 0 ? null : hashText(headerLeaf((blocks[n - 1] as Block).header))
  for (const { header } of blocks.slice(n)) {
    await editBlock(header.n, (block) => {
      if (header.n === n) change(block)
      reseal(block)
      block.header.previous = previous
      previous = hashText(headerLeaf(block.header))
    })(log)
  }
  await editDocument(log, 'state', () => undefined)
}

/** Changes an event. @returns what changes its leaf alike */
async function changeEvent(log: SealedLog): Promise<(block: OpenBlock) => void> {
  await log.raw.change(['meter:1', 2], () => ({ eventData: { reading: 900 } }))
  const [event] = (await log.storage.events.load('meter:1', { from: 2, to: 2 })).events
  return (block) => {
    const at = block.body.places.findIndex(([id, version]) => id === 'meter:1' && version === 2)
    block.body.leaves = hashesText(leavesOf(block).with(at, leafOf(event as EventDocument)))
  }
}

const removeBlock = (log: SealedLog, n: number) => editDocument(log, String(n), () => undefined)

/** What may be done to the ledger, by somebody who does not have the key, or for whom the key is of no use. */
export const ledgerCases: TamperingCases = {
  'a bit of a leaf is changed': {
    tamper: editBlock(2, ({ body }) => {
      const bytes = Buffer.from(body.leaves, 'base64')
      bytes[5] = (bytes[5] as number) ^ 1
      body.leaves = bytes.toString('base64')
    }),
    finds: () => ['rootWrong #2'],
  },
  'two leaves exchange their places': {
    tamper: editBlock(several, (block) => {
      const [first, second, ...others] = leavesOf(block)
      block.body.leaves = hashesText([second, first, ...others] as Hash[])
    }),
    finds: found('rootWrong', several),
  },
  'a leaf is there twice': {
    tamper: (log) =>
      rewriteFrom(log, several(log), (block) => {
        const [first, ...others] = leavesOf(block)
        block.body.leaves = hashesText([first, first, ...others] as Hash[])
        block.body.places.unshift([...(block.body.places[0] as [string, number, number])])
        ;(block.header.parts[0] as { events: number }).events++
      }),
    finds: found('fork', last),
  },
  'the last leaf is repeated': {
    tamper: editBlock(several, (block) => {
      block.body.leaves = hashesText([...leavesOf(block), leavesOf(block).at(-1) as Hash])
    }),
    finds: found('blockDamaged', several),
  },
  'an inner node stands for its leaves': {
    tamper: editBlock(several, (block) => {
      const { parts } = block.header
      const index = parts.findIndex(({ events }) => events > 1)
      const at = eventsIn(parts.slice(0, index))
      const leaves = leavesOf(block) as Hash[]
      leaves.splice(at, 2, nodeHash(leaves[at] as Hash, leaves[at + 1] as Hash))
      block.body.leaves = hashesText(leaves)
      block.body.places.splice(at, 1)
      ;(parts[index] as { events: number }).events--
    }),
    finds: found('placesWrong', several),
  },
  'a place is changed': {
    tamper: editBlock(0, ({ body }) => {
      ;(body.places[0] as [string, number, number])[0] = 'meter:9'
    }),
    finds: () => ['placesWrong #0'],
  },
  'a place is changed to one that no event can have': {
    tamper: editBlock(0, ({ body }) => {
      ;(body.places[0] as [string, number, number])[0] = 'meter/9'
    }),
    finds: () => ['placesWrong #0'],
  },
  'a continuation is changed, so that reading from there jumps over events': {
    tamper: editBlock(0, ({ body }) => {
      ;(body.continuations as string[])[0] = `${body.continuations[0]}x`
    }),
    finds: () => ['placesWrong #0'],
  },
  'the time in a header is changed': {
    tamper: editBlock(2, ({ header }) => {
      header.at = '2001-01-01T00:00:00.000Z'
    }),
    finds: () => ['headerChanged #2'],
  },
  'the time in the last header is changed': {
    tamper: editBlock(last, ({ header }) => {
      header.at = '2001-01-01T00:00:00.000Z'
    }),
    finds: found('fork', last),
  },
  'the end of a part is changed': {
    tamper: (log) =>
      rewriteFrom(log, 2, ({ header }) => {
        ;(header.parts[0] as { to: { lsn: number } }).to.lsn += 1000
      }),
    finds: found('fork', last),
  },
  'a link names another header': {
    tamper: editBlock(3, ({ header }) => {
      header.previous = Buffer.alloc(32).toString('base64')
    }),
    finds: () => ['linkBroken #3'],
  },
  'a block is no block any more': {
    tamper: editBlock(1, ({ header }) => {
      ;(header as { v: number }).v = 2
    }),
    finds: () => ['blockDamaged #1'],
  },
  'the first block is no block any more': {
    tamper: editBlock(0, ({ header }) => {
      ;(header as { v: number }).v = 2
    }),
    finds: () => ['blockDamaged #0'],
  },
  'a block is removed': { tamper: (log) => removeBlock(log, 2), finds: () => ['blockMissing #2'] },
  'the last block is removed': {
    tamper: (log) => removeBlock(log, last(log)),
    finds: found('rollback', last),
  },
  'the whole ledger is removed': {
    async tamper(log) {
      for (let n = last(log); n >= 0; n--) await removeBlock(log, n)
      await editDocument(log, 'state', () => undefined)
      await editDocument(log, 'newest', () => undefined, '$chain-head')
    },
    finds: () => ['rollback #0'],
  },
  'the tiles that are not full are changed': {
    tamper: (log) =>
      editDocument(log, 'state', (state: { tiles: string[] }) => {
        const [first, ...others] = parseHashes(state.tiles[0]) as readonly Hash[]
        return { ...state, tiles: [hashesText([...others, first] as Hash[]), ...state.tiles.slice(1)] }
      }),
    finds: () => ['tileWrong'],
  },
  'what is stored of the end of the chain is changed': {
    tamper: (log) =>
      editDocument(log, 'state', (state: { events: number }) => ({ ...state, events: state.events + 1 })),
    finds: () => ['tileWrong'],
  },
  'the signature of the stored head is removed': {
    tamper: (log) =>
      editDocument(
        log,
        'newest',
        (head: { note: string }) => ({ ...head, note: head.note.replace(/— .*\n/, '') }),
        '$chain-head',
      ),
    finds: () => ['signatureWrong'],
  },
  'the stored head is of another key': {
    tamper: (log) =>
      editDocument(
        log,
        'newest',
        (head: { note: string }) => ({ ...head, note: head.note.replace(/(— \S+ )\S{8}/, '$1AAAAAAAA') }),
        '$chain-head',
      ),
    finds: () => ['signatureMissing'],
  },
  'an event is changed, and the ledger is recomputed without the key': {
    async tamper(log) {
      await log.raw.change(['meter:1', 4], () => ({ eventData: { reading: 900 } }))
      await rewriteFrom(log, log.blockOf('meter:1', 4), () => {})
    },
    finds: (log) => [
      `${log.raw.kind === 'cosmos' ? 'eventMoved' : 'eventChanged'} meter:1@4 #${log.blockOf('meter:1', 4)}`,
    ],
  },
  'an event and its leaf are changed alike': {
    async tamper(log) {
      const leaf = await changeEvent(log)
      await editBlock(log.blockOf('meter:1', 2), leaf)(log)
    },
    finds: found('rootWrong', several),
    on: ['embedded', 'mongo'],
  },
  'an event, its leaf and everything after it are changed alike': {
    async tamper(log) {
      const leaf = await changeEvent(log)
      await rewriteFrom(log, log.blockOf('meter:1', 2), leaf)
    },
    finds: found('fork', last),
    on: ['embedded', 'mongo'],
  },
  'the salt of a stream is changed': {
    tamper: (log) => editDocument(log, 'meter:old', () => ({ salt: 'another-salt-of-22-char' }), '$chain-salt'),
    finds: (log) =>
      [1, 2, 3].map((version) => `eventChanged meter:old@${version} #${log.blockOf('meter:old', version)}`),
  },
  'the salt of a stream is removed': {
    tamper: (log) => editDocument(log, 'meter:old', () => undefined, '$chain-salt'),
    finds: (log) =>
      [1, 2, 3].map((version) => `saltMissing meter:old@${version} #${log.blockOf('meter:old', version)}`),
  },
}
