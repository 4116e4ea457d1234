import { IncarnationMismatch } from '../../core/errors/feed.ts'
import { sameInterval } from '../../core/hash-interval.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { SaveCondition } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { comparePositions, type Position, type Tidemark } from '../../core/position.ts'
import { hasFolded } from '../../core/tidemark.ts'
import type { FoldItem } from '../../projections/fold.ts'
import { progressOf } from '../../projections/parking/reserved.ts'
import type { Reaction } from '../../reactions/reaction.ts'

/**
 * Which events of a page were acknowledged, kept so that a crash repeats few of them: a tidemark up to which all were,
 * and for each stream the version up to which it was beyond that.
 */
export type ReactionProgress = {
  /** Whether the event was acknowledged already. */
  has(item: FoldItem): boolean
  /** Notes an event as acknowledged, and stores that soon. What fails is thrown by `flush`. */
  add(item: FoldItem): void
  /** Resolves when what was noted is stored. */
  flush(): Promise<void>
}

type Acknowledged = { readonly [streamId: string]: number }

// Ranges are only ever cut finer, so there are few documents; those of wider ranges still hold.
const MOST_RANGES = 1_000

/**
 * Reads how far a reaction got within a page, on whatever range, and goes on noting it. It is written again and again
 * while handlers run, one save after the other, each with all that was acknowledged since.
 *
 * @param items the part of the page that is in hand
 * @param before the last event before them, when everything up to it is acknowledged
 * @throws IncarnationMismatch
 */
export async function openProgress(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  { name, version }: Reaction,
  range: FeedRange,
  items: readonly FoldItem[],
  before: Position | undefined,
): Promise<ReactionProgress> {
  const ref = { projection: progressOf(name), version, key: `${range.min}-${range.max}` }
  const { views } = await viewStore.query({ projection: ref.projection, version, limit: MOST_RANGES })
  const streams = new Set(items.map(({ event }) => event.streamId))
  const acknowledged = new Map<string, number>()
  let marks: Tidemark[] = before ? [{ ...range, ...before }] : []
  const merge = (document: ViewDocument | undefined) => {
    if (document === undefined) return
    if (document.incarnation !== incarnation) {
      throw new IncarnationMismatch(`Progress ${document.id}`, incarnation, document.incarnation)
    }
    marks = [...marks, ...document.tidemarks]
    for (const [streamId, at] of Object.entries((document.data?.acknowledged ?? {}) as Acknowledged)) {
      if (streams.has(streamId)) acknowledged.set(streamId, Math.max(at, acknowledged.get(streamId) ?? 0))
    }
  }
  for (const { document } of views) merge(document)
  const own = views.find(({ document }) => document.key === ref.key)
  let condition: SaveCondition = own ? { ifMatch: own.etag } : 'ifAbsent'
  let saving: Promise<void> | undefined
  let again = false
  let failure: { readonly error: unknown } | undefined

  async function save(): Promise<void> {
    do {
      again = false
      const data = { acknowledged: Object.fromEntries(acknowledged) }
      const document = { ...ref, id: viewId(ref), data, incarnation, tidemarks: furthest(marks, range) }
      const result = await viewStore.save(document, condition)
      if (result.saved) {
        condition = { ifMatch: result.etag }
        continue
      }
      // Another worker holds the range now, or did until a moment ago: both have done what they say.
      const other = await viewStore.get(ref)
      merge(other?.document)
      condition = other ? { ifMatch: other.etag } : 'ifAbsent'
      again = true
    } while (again)
  }

  return {
    has: ({ event, position }) =>
      hasFolded(marks, position) || (acknowledged.get(event.streamId) ?? 0) >= event.version,
    add({ event }) {
      acknowledged.set(event.streamId, event.version)
      again = true
      saving ??= save()
        .catch((error) => {
          failure ??= { error }
        })
        .finally(() => {
          saving = undefined
        })
    },
    async flush() {
      await saving
      if (failure) throw failure.error
    },
  }
}

function furthest(marks: readonly Tidemark[], range: FeedRange): Tidemark[] {
  const own = marks.filter((mark) => sameInterval(mark, range))
  return own.toSorted(comparePositions).slice(-1)
}
