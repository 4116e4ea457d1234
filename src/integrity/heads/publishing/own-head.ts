import { isSameJson } from '../../../core/json/same-json.ts'
import type { SaveCondition } from '../../../core/port/save.ts'
import type { ChainContext } from '../../chain/chain-context.ts'
import { parseVerifierKey } from '../../keys/verifier-key.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { isCount } from '../../ledger/shapes.ts'
import { headIn, openHead } from '../../notes/head-text.ts'
import type { TreeHead } from '../head.ts'

/** What the ledger remembers of the newest head that was signed. It saves time, and nothing depends on it. */
export type OwnHead = {
  /** The signed head, if this process's signer signed it; without a signer, any signed head. */
  readonly note: string | undefined
  readonly head: TreeHead | undefined
  /** For each anchor, by its name, the size of the newest head that it was known to keep. */
  readonly sizes: ReadonlyMap<string, number>
}

const KIND = 'head'
const KEY = 'newest'
const ATTEMPTS = 5

/** The note of the newest signed head in a ledger, as it is stored: nothing of it was verified. */
export async function storedNote(ledger: Pick<Ledger, 'get'>): Promise<string | undefined> {
  const note = (await ledger.get(KIND, KEY))?.document.note
  return typeof note === 'string' ? note : undefined
}

/** Reads what the ledger remembers. What does not have the right shape or signature counts as missing. */
export async function readOwnHead(context: Pick<ChainContext, 'ledger' | 'origin' | 'signer'>): Promise<OwnHead> {
  return parse((await context.ledger.get(KIND, KEY))?.document ?? {}, context)
}

/** Remembers a head, unless that of a larger ledger is there. It gives up if too many others do the same. */
export async function saveOwnHead(
  context: Pick<ChainContext, 'ledger' | 'origin' | 'signer'>,
  saved: Required<OwnHead> & { readonly note: string; readonly head: TreeHead },
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await context.ledger.get(KIND, KEY)
    const known = parse(stored?.document ?? {}, context)
    const isOlder = (known.head?.size ?? 0) > saved.head.size
    const sizes = merged(known.sizes, saved.sizes)
    const data = { note: isOlder ? (known.note as string) : saved.note, anchors: [...sizes].map((entry) => [...entry]) }
    if (isSameJson(stored?.document, data)) return
    const condition: SaveCondition = stored ? { ifMatch: stored.etag } : 'ifAbsent'
    if ((await context.ledger.save(KIND, KEY, data, condition)) !== undefined) return
  }
}

function parse(
  { note, anchors }: { readonly [member: string]: unknown },
  { origin, signer }: Pick<ChainContext, 'origin' | 'signer'>,
): OwnHead {
  const entries = Array.isArray(anchors) ? anchors.filter(isSize) : []
  const sizes = new Map(entries.map(([name, size]) => [name, size]))
  if (typeof note !== 'string') return { note: undefined, head: undefined, sizes }
  try {
    const head = signer ? openHead(note, origin, [parseVerifierKey(signer.verifierKey)]).head : headIn(note)
    if (head.origin === origin) return { note, head, sizes }
  } catch {
    // Another key signed it, or it was tampered with.
  }
  return { note: undefined, head: undefined, sizes }
}

const isSize = (entry: unknown): entry is [string, number] =>
  Array.isArray(entry) && typeof entry[0] === 'string' && isCount(entry[1])

function merged(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const sizes = new Map(a)
  for (const [name, size] of b) sizes.set(name, Math.max(size, sizes.get(name) ?? 0))
  return sizes
}
