import type { Projection } from '../../projections/projection.ts'
import type { Anchor } from '../heads/anchor.ts'

/**
 * What a verification trusts. All of it comes from who verifies, and nothing from the database.
 */
export type Trust = {
  /** The chain's name. */
  readonly origin: string
  /** The verifier keys of those who may sign heads; a signature by one of them counts. */
  readonly keys: readonly string[]
  /** The verifier keys of witnesses; of a head that is said to be witnessed, one of them must have cosigned. */
  readonly witnesses?: readonly string[]
  /** Signed heads that were kept outside the database: the ledger must contain them. */
  readonly notes?: readonly string[]
  readonly anchors?: readonly Anchor[]
  /** What verifies the writers' seals of events, see `writerVerifier`: then each event must have one. */
  readonly writers?: readonly string[]
  /**
   * A signed head from when all writers had their keys: events that were sealed in its blocks need no seal. The ledger
   * must contain it, so an event that is put into the log later cannot pass for one of them.
   */
  readonly writersSince?: string
  /** The least difficulty of work records, in bits; then there must be some. */
  readonly minBits?: number
}

/** How bad a finding is. A notice requires no action. */
export type Severity = 'tampered' | 'gap' | 'notice'

/** What a verification found. */
export type Finding = {
  readonly severity: Severity
  /** Stable; listed in docs/reference/chain-findings.md. */
  readonly code: FindingCode
  /** One sentence without personal data: it names no member of an event, and no value. */
  readonly message: string
  readonly streamId?: string
  readonly version?: number
  readonly block?: number
  /** A view, `<projection>:<version>:<key>`, or the name of a branch. */
  readonly view?: string
}

export type FindingCode =
  // The ledger
  | 'blockMissing'
  | 'blockDamaged'
  | 'headerChanged'
  | 'linkBroken'
  | 'rootWrong'
  | 'placesWrong'
  | 'partWrong'
  | 'tileWrong'
  | 'incarnationChanged'
  // Heads
  | 'signatureMissing'
  | 'signatureWrong'
  | 'rollback'
  | 'fork'
  | 'anchorUnavailable'
  | 'unanchored'
  | 'untrusted'
  // Events
  | 'eventChanged'
  | 'eventMissing'
  | 'eventExtra'
  | 'eventMoved'
  | 'eventUnsealed'
  | 'leafDuplicate'
  | 'notAsWritten'
  | 'notJson'
  | 'saltMissing'
  | 'versionGap'
  | 'headWrong'
  | 'deletedWithoutTombstone'
  | 'tombstoneUnsealed'
  | 'writerSealMissing'
  | 'writerSealWrong'
  // Work
  | 'workMissing'
  | 'workWrong'
  // Branches
  | 'branchWrong'
  | 'branchStale'
  | 'viewChanged'
  | 'viewMissing'
  | 'viewExtra'
  | 'viewWrong'
  // Notices
  | 'restarted'

/** How a verification runs. */
export type VerifyOptions = {
  readonly trust: Trust
  /** Only what was sealed after this signed head, which must be part of the ledger. */
  readonly since?: string
  /**
   * The share of blocks, 0 to 1, whose events are read, chosen at random, and of views that are computed again. Default 1.
   */
  readonly sample?: number
  /**
   * How events are found: through the feed, or stream by stream, which also works after a restore or a copy, where
   * events have other LSNs; branches are then not checked. Default `feed`.
   */
  readonly by?: 'feed' | 'stream'
  /** Milliseconds that events may be unsealed, and heads unanchored, before that is a gap. Default 60,000. */
  readonly grace?: number
  /**
   * The code of the verifier by which views of branches are computed again from the log. Default: none is. Those with
   * personal data need the vault of the storage.
   */
  readonly projections?: readonly Projection[]
  readonly signal?: AbortSignal
  /** What it throws or rejects with is ignored. */
  readonly onProgress?: (progress: VerifyProgress) => void
  /** Called for each finding as soon as it is known; of one code, the report keeps the first 100. */
  readonly onFinding?: (finding: Finding) => void
}

export type VerifyProgress = {
  readonly phase: 'ledger' | 'events' | 'streams' | 'branches'
  readonly done: number
  /** The approximate number at the end. */
  readonly total: number
}

/** How the documents of a branch compare with it. */
export type BranchReport = {
  /** `views:<projection>:<version>` or `snapshots`. */
  readonly name: string
  /** The block of the last branch of this name, and how many documents it seals. */
  readonly block: number
  readonly count: number
  /** How many of them are as they were. */
  readonly unchanged: number
  /** How many changed with further events, or were deleted with them, and how many views came after the branch. */
  readonly movedOn: number
  readonly added: number
  /**
   * How many views were computed again from the log; and how many of them are unproven, because they differ for a reason
   * that may be innocent, or need a vault that the verifier does not have.
   */
  readonly refolded: number
  readonly unproven: number
}

/** The result of a verification. */
export type VerifyReport = {
  /** `clean` is only ever said if something outside the database was compared. */
  readonly result: 'clean' | 'gaps' | 'tampered'
  readonly origin: string
  /** Blocks, and the events sealed in them. */
  readonly size: number
  readonly events: number
  /** Events that were compared with their leaves. */
  readonly compared: number
  /** Events that are not sealed yet. */
  readonly unsealed: number
  /** Streams whose events were erased under a sealed tombstone, how many events, and when the last one ended. */
  readonly erased: { readonly streams: number; readonly events: number; readonly last: string | null }
  /** People who were forgotten. */
  readonly forgotten: { readonly people: number; readonly last: string | null }
  /** The last branch of each name. */
  readonly branches: readonly BranchReport[]
  readonly findings: readonly Finding[]
  /** How many findings there were of each code, also of those that are not listed. */
  readonly counts: { readonly [Code in FindingCode]?: number }
}
