import type { HashInterval } from '../../../core/positions/hash-interval.ts'
import type { Position } from '../../../core/positions/position.ts'

/** Which part of which block: both count from 0. */
export type PartReference = { readonly block: number; readonly part: number }

/** The leaves of a block that come from one feed range. */
export type Part = {
  readonly range: HashInterval
  /** The last part before it that covers its range; null if it begins at the start of the log. */
  readonly after: PartReference | null
  /** The position of the last event before it: the `to` of `after`, or null. */
  readonly from: Position | null
  /** The position of its last event. */
  readonly to: Position
  /** The number of its events, at least 1. */
  readonly events: number
}

/** The number of events in parts of a block. */
export const eventsIn = (parts: readonly Pick<Part, 'events'>[]): number =>
  parts.reduce((sum, { events }) => sum + events, 0)

/** What a chain of a new incarnation of the log says of the one before. */
export type Restarted = {
  readonly origin: string
  readonly size: number
  /** Base64. */
  readonly root: string
  /** Why, in the words of the operator. */
  readonly reason: string
  /** All of this as a note, signed by the chain's key (see `restartText`); null if who restarted it had none. */
  readonly note: string | null
}

/** A set of documents that a branch seals; see `BranchBody`. */
export type BranchHeader = {
  /** `views:<projection>:<version>` or `snapshots`. */
  readonly name: string
  /** The block of the previous branch of that name, or null. */
  readonly after: number | null
  readonly count: number
  /** The root of the tree of its leaves, by key: base64. */
  readonly root: string
  /** A fingerprint of the code that computed the documents; null for snapshots, which say so themselves. */
  readonly definition: string | null
  /** The last block that is contained in all of its documents, or null if none is. */
  readonly of: number | null
}

/**
 * What a block commits to. The leaf of a block in the ledger's tree is the hash of its canonical JSON. Hashes are
 * base64.
 */
export type Header = {
  readonly v: 1
  /** The block's number, from 0. */
  readonly n: number
  readonly kind: 'events' | 'branch' | 'restart'
  /** The leaf hash of the header before, or null in block 0. */
  readonly previous: string | null
  /** The incarnation of the log. */
  readonly incarnation: string
  readonly parts: readonly Part[]
  /** The root of the tree of all leaves, parts in order. */
  readonly root: string
  /** SHA-256 of the canonical JSON of an array of the body's places and of its continuations. */
  readonly places: string
  /** When it was sealed, by the clock of who sealed it: ISO 8601 in UTC. */
  readonly at: string
  readonly branch?: BranchHeader
  readonly restarted?: Restarted
}

/** Where a leaf's event is: its stream, its version, its LSN. */
export type LeafPlace = readonly [streamId: string, version: number, lsn: number]

/** What a block holds besides its header. */
export type Body = {
  /** The leaf hashes, parts in order, as one base64 text of 32 bytes each. */
  readonly leaves: string
  /** One for each leaf, in the same order. */
  readonly places: readonly LeafPlace[]
  /** One for each part: from where reading its range resumes after it. */
  readonly continuations: readonly string[]
}

/** A block as it is stored. Its number is its document's id, and it is written only if there is none. */
export type Block = { readonly header: Header; readonly body: Body }

/** Where the chain of a feed range ends. */
export type ChainEnd = {
  readonly range: HashInterval
  readonly after: PartReference
  readonly to: Position
  readonly continuation: string
}
