import { createHash } from 'node:crypto'
import { fullInterval, type HashInterval } from '../../../core/positions/hash-interval.ts'
import { comparePositions, type Position } from '../../../core/positions/position.ts'
import type { Block, Part, PartReference } from '../../../integrity/ledger/blocks/block.ts'
import { headerLeaf } from '../../../integrity/ledger/blocks/header-leaf.ts'
import type { Ledger } from '../../../integrity/ledger/ledger.ts'
import { hashText } from '../../../integrity/merkle/hash.ts'

/** An event as a chain has it. */
export type PlainLeaf = { readonly leaf: string; readonly lsn: number }

/** What a chain contains, read plainly: one block after another, everything in memory. */
export type PlainChain = {
  readonly blocks: readonly Block[]
  /** The leaf of each sealed event as base64, and its LSN, by `<stream id>@<version>`. */
  readonly leaves: ReadonlyMap<string, PlainLeaf>
  /** What is wrong with the chain itself. */
  readonly faults: readonly string[]
}

/** An interval, and the part that its chain ends with. */
type Piece = { readonly range: HashInterval; readonly last: PartReference | null; readonly to: Position | null }

const HASH = 32

/** Reads a chain, and checks it as a reader of the design would, without the code that writes it. */
export async function readPlainChain(ledger: Pick<Ledger, 'blocks'>): Promise<PlainChain> {
  const blocks = await ledger.blocks(0, 1_000_000)
  const leaves = new Map<string, PlainLeaf>()
  const faults: string[] = []
  let pieces: readonly Piece[] = [{ range: fullInterval, last: null, to: null }]
  let previous: string | null = null
  for (const [n, { header, body }] of blocks.entries()) {
    if (header.n !== n) faults.push(`block ${n} says that it is block ${header.n}`)
    if (header.previous !== previous) faults.push(`block ${n} does not continue the one before`)
    previous = hashText(headerLeaf(header))
    const hashes = hashesOf(body.leaves)
    if (plainRoot(hashes).toString('base64') !== header.root) faults.push(`block ${n} has another root than its leaves`)
    const events = header.parts.reduce((sum, part) => sum + part.events, 0)
    if (events !== hashes.length || events !== body.places.length)
      faults.push(`block ${n} does not have ${events} leaves`)
    let at = 0
    for (const [index, part] of header.parts.entries()) {
      const where = `part ${index} of block ${n}`
      const cut = cutOut(pieces, part)
      if (typeof cut === 'string') faults.push(`${where} ${cut}`)
      else pieces = [...cut, { range: part.range, last: { block: n, part: index }, to: part.to }]
      for (const end = at + part.events; at < end; at++) {
        const [streamId, version, lsn] = body.places[at] ?? ['', 0, 0]
        const key = `${streamId}@${version}`
        if (leaves.has(key)) faults.push(`${where} seals ${key} again`)
        if (lsn > part.to.lsn || lsn < (part.from?.lsn ?? 0)) faults.push(`${where} seals ${key} outside of it`)
        leaves.set(key, { leaf: hashes[at]?.toString('base64') ?? '', lsn })
      }
    }
  }
  return { blocks, leaves, faults }
}

function hashesOf(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text, 'base64')
  return Array.from({ length: bytes.length / HASH }, (_, i) => bytes.subarray(i * HASH, (i + 1) * HASH))
}

/** The root of a tree as RFC 6962, section 2.1, has it. */
function plainRoot(leaves: readonly Buffer[]): Buffer {
  const sha256 = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = leaves
  if (only === undefined) return sha256()
  if (leaves.length === 1) return only
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return sha256(Buffer.of(1), plainRoot(leaves.slice(0, half)), plainRoot(leaves.slice(half)))
}

/** The pieces without the interval of a part, or what is wrong with the part. */
function cutOut(pieces: readonly Piece[], { range, after, from, to }: Part): readonly Piece[] | string {
  const inside = pieces.filter(({ range: { min, max } }) => min < range.max && max > range.min)
  const key = (reference: PartReference | null) => (reference ? `${reference.block}.${reference.part}` : 'null')
  if (inside.some(({ last }) => key(last) !== key(after))) return 'does not continue the last part of its range'
  const [piece] = inside
  if (piece === undefined || piece.range.min > range.min || piece.range.max < range.max)
    return 'has an impossible range'
  if ((piece.to && comparePositions(piece.to, from ?? { lsn: 0, hash: '', version: 0 })) || !piece.to !== !from) {
    return 'does not begin where the last part of its range ended'
  }
  if (from && comparePositions(from, to) >= 0) return 'does not lead further'
  const { min, max } = piece.range
  const rest = [
    { ...piece, range: { min, max: range.min } },
    { ...piece, range: { min: range.max, max } },
  ]
  return [...pieces.filter((one) => one !== piece), ...rest.filter(({ range: one }) => one.min < one.max)]
}
