import type { Json, JsonObject } from '../../core/json/json.ts'
import type { Replayed } from '../../processor/replay/parked-sequences.ts'

/** What a thread is asked for: it opens the storage by its URL and loads the projections and aggregates by their paths. */
export type Folding = AsyncDisposable & {
  /** What was loaded, by name. */
  loaded(): Promise<readonly Foldable[]>
  replay(which: ParkedRef, options: { readonly dryRun: boolean }): Promise<Replayed>
  dropOne(which: ParkedRef, event: { readonly streamId: string; readonly version: number }): Promise<Replayed>
  dropAll(which: ParkedRef): Promise<number>
  /** The states of a stream before and after one of its events. @throws FoldingTimedOut after 5 seconds */
  stateAt(fold: FoldRef, streamId: string, version: number): Promise<{ readonly before: Json; readonly after: Json }>
  activate(which: VersionRef): Promise<void>
  rebuild(which: VersionRef): Promise<void>
  drop(which: VersionRef): Promise<void>
}

export type VersionRef = { readonly projection: string; readonly version: number }
export type ParkedRef = VersionRef & { readonly key: string }
export type FoldRef = { readonly kind: 'aggregate' | 'projection'; readonly name: string; readonly version?: number }

export type Foldable = {
  readonly kind: 'aggregate' | 'projection' | 'reaction'
  readonly name: string
  readonly version: number | null
  /** The category of an aggregate's streams. */
  readonly category: string | null
}

export type StoredView = JsonObject
