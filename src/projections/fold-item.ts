import type { SealedPart } from '../core/events/codec.ts'
import type { ViewDocument } from '../core/port/view-store.ts'
import type { HashInterval } from '../core/positions/hash-interval.ts'
import type { Position } from '../core/positions/position.ts'
import type { FoldedEvent } from './projection.ts'

/** An event to fold, as far as its content matters. */
export type FoldInput = {
  readonly event: FoldedEvent
  /** The keys that opened its personal members, as `<key id>.<generation>`, if any did. */
  readonly keys?: readonly string[]
  /** Whose its sealed members are, if it has any. */
  readonly people?: () => readonly SealedPart[]
  /** The event as it is read once these keys are forgotten. @throws UpcastFailed */
  readonly without?: (isForgotten: (key: string) => boolean) => FoldedEvent
}

/** An event with its position in the feed. */
export type FoldItem = FoldInput & {
  readonly position: Position
  /** The range that the feed returned it for, to which its tidemark belongs. */
  readonly range: HashInterval
}

/** What folding changes in a view's document, besides its tidemarks. */
export type FoldedView = Pick<ViewDocument, 'data' | 'forgetting'>
