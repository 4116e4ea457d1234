import type { Fault } from '../../operations/model/snapshot.ts'
import type { DiffLine, Payload } from '../contract/requests.ts'

/**
 * Runs the code of projections and aggregates in a thread of its own, so that code that never returns, exits or uses up
 * its memory harms nothing else. The thread opens the storage by its URL, without a vault: sealed data stays sealed.
 *
 * Every call throws FoldingTimedOut, FoldingEnded, FoldingBusy, what opening the storage and loading the code throws, and
 * what it says itself. Errors that cross the thread keep their code and message.
 */
export type Folding = AsyncDisposable & {
  /** What was loaded, sorted by kind and name. */
  loaded(): Promise<readonly Foldable[]>
  /**
   * Applies the pending events of a parked sequence, or shows what that would change.
   *
   * @throws DefinitionNotLoaded, NotParked, ViewContended, VaultRequired, and those of the storage
   */
  replay(which: ParkedRef, options: { readonly dryRun: boolean }): Promise<ReplayResult>
  /** Drops the first pending event, which must be this one if one is given, and replays the rest. @throws as `replay` does */
  dropOne(which: ParkedRef, event?: EventRef): Promise<ReplayResult>
  /**
   * The states of a stream before and after one of its events. Personal data is folded as if its people were forgotten.
   *
   * @param version 0 is the state before the first event
   * @throws DefinitionNotLoaded, StreamDeleted
   */
  stateAt(fold: FoldRef, streamId: string, version: number): Promise<StateResult>
}

export type VersionRef = { readonly projection: string; readonly version: number }
export type ParkedRef = VersionRef & { readonly key: string }
export type EventRef = { readonly streamId: string; readonly version: number }

/** What a stream is folded by; without a version, whichever version of a projection was loaded. */
export type FoldRef = { readonly kind: 'aggregate' | 'projection'; readonly name: string; readonly version?: number }

export type Foldable = {
  readonly kind: 'aggregate' | 'projection' | 'reaction'
  readonly name: string
  /** Of an aggregate: null. */
  readonly version: number | null
  /** The category of an aggregate's streams. */
  readonly category: string | null
  /** Whether its views may contain personal data in clear. */
  readonly keepsPersonal?: boolean
  /** The rule that a reaction runs, or whose effect it calls: the version of the rule's code, and what the reaction is on. */
  readonly rule?: { readonly version: number; readonly on: string }
}

/** A value before and after, as it is shown. */
export type ShownChange = {
  readonly before: Payload | null
  readonly after: Payload | null
  readonly diff: readonly DiffLine[]
}

export type ReplayResult = ShownChange & {
  readonly folded: number
  readonly dropped: number
  /** How many events are still pending. */
  readonly left: number
  /** Why the first of them could not be applied. */
  readonly error: Fault | null
}

/** The error is why the event, or an earlier one, could not be folded. */
export type StateResult = ShownChange & { readonly error: Fault | null }
