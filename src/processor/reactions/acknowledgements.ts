import { IncarnationMismatch } from '../../core/errors/feed.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { SaveCondition } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { sameInterval } from '../../core/positions/hash-interval.ts'
import { comparePositions, type Position, type Tidemark } from '../../core/positions/position.ts'
import { hasFolded } from '../../core/positions/tidemark.ts'
import type { FoldItem } from '../../projections/fold.ts'
import { progressOf } from '../../projections/parking/reserved-names.ts'
import type { Reaction } from '../../reactions/reaction.ts'

/**
 * Which events of a range a reaction acknowledged beyond its checkpoint, kept so that a crash repeats few of them: a
 * tidemark up to which all were, and for each stream the version up to which it was beyond that. It is one document,
 * saved by ETag, which the former owner of a range and the present one share: so it also decides which of the two is
 * right about an event that one of them acknowledged and the other one parks.
 */
export type Acknowledgements = {
  /** Goes on to some events of a page: everything before the first of them is acknowledged or parked. */
  begin(items: readonly [FoldItem, ...FoldItem[]]): void
  /** Whether the event was acknowledged already. */
  has(item: FoldItem): boolean
  /** Notes an event as acknowledged, unless its stream is about to be parked there, and stores that soon. What fails is thrown by `flush`. */
  add(item: FoldItem): void
  /**
   * Stores that a stream is about to be parked at an event. What is stored so holds, whoever completes it.
   *
   * @returns false when another worker acknowledged the event meanwhile, so that it is not to be parked
   */
  park(item: FoldItem): Promise<boolean>
  /** The version at which a stream is parked, or about to be, by whatever worker; undefined when it is not. */
  parkedAt(streamId: string): number | undefined
  /** Notes that what was parked there was replayed since. */
  replayed(streamId: string): void
  /** Resolves when what was noted is stored. */
  flush(): Promise<void>
}

type Versions = { readonly [streamId: string]: number }

/**
 * Reads what a reaction acknowledged on a range, and goes on noting it. It is written again and again while handlers
 * run, one save after the other, each with all that was acknowledged since.
 *
 * @param wider the ranges that this one was cut from: what was acknowledged of them still holds
 * @throws IncarnationMismatch
 */
export async function openAcknowledgements(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  { name, version }: Reaction,
  range: FeedRange,
  wider: readonly FeedRange[],
): Promise<Acknowledgements> {
  const keyOf = ({ min, max }: FeedRange) => `${min}-${max}`
  const ref = { projection: progressOf(name), version, key: keyOf(range) }
  const found = await viewStore.getMany(ref.projection, version, [...new Set([range, ...wider].map(keyOf))])
  const acknowledged = new Map<string, number>()
  const parked = new Map<string, Position>()
  let marks: Tidemark[] = []
  let streams: ReadonlySet<string> = new Set()
  for (const { document } of found.values()) merge(document)
  // What a wider range was about to park may be acknowledged in its part.
  for (const { document } of found.values()) merge({ ...document, data: { ...document.data, parked: {} } })
  const own = found.get(ref.key)
  let condition: SaveCondition = own ? { ifMatch: own.etag } : 'ifAbsent'
  let saving: Promise<void> | undefined
  let again = false
  let failure: { readonly error: unknown } | undefined

  /** Takes in what is stored. What of this worker is not stored yet gives way: whoever stores first is right. */
  function merge(document: ViewDocument | undefined): void {
    if (document === undefined) return
    if (document.incarnation !== incarnation) {
      throw new IncarnationMismatch(`Progress ${document.id}`, incarnation, document.incarnation)
    }
    marks = [...marks, ...document.tidemarks]
    const stored = document.data as { readonly acknowledged: Versions; readonly parked: Record<string, Position> }
    for (const [streamId, at] of Object.entries(stored.acknowledged)) {
      acknowledged.set(streamId, Math.max(at, acknowledged.get(streamId) ?? 0))
    }
    settle()
    for (const [streamId, place] of Object.entries(stored.parked)) {
      // All before this worker's place is acknowledged or parked: what was parked there may have been replayed since.
      if (hasFolded(marks, place) || place.version > (parked.get(streamId)?.version ?? place.version)) continue
      parked.set(streamId, place)
      acknowledged.set(streamId, Math.min(acknowledged.get(streamId) ?? 0, place.version - 1))
    }
  }

  /** Forgets what was about to be parked, and was acknowledged or left behind. */
  function settle(): void {
    for (const [streamId, place] of parked) {
      const isAcknowledged = (acknowledged.get(streamId) ?? 0) >= place.version
      if (isAcknowledged || hasFolded(marks, place)) parked.delete(streamId)
    }
  }

  async function saveOnce(): Promise<void> {
    const data = {
      acknowledged: Object.fromEntries([...acknowledged].filter(([streamId]) => streams.has(streamId))),
      parked: Object.fromEntries(parked),
    }
    const document = { ...ref, id: viewId(ref), data, incarnation, tidemarks: furthest(marks, range) }
    const result = await viewStore.save(document, condition)
    if (result.saved) {
      condition = { ifMatch: result.etag }
      return
    }
    // Another worker holds the range now, or did until a moment ago: both have done what they say.
    const other = await viewStore.get(ref)
    merge(other?.document)
    condition = other ? { ifMatch: other.etag } : 'ifAbsent'
    again = true
  }

  async function saveAll(): Promise<void> {
    try {
      do {
        again = false
        await saveOnce()
      } while (again)
    } catch (error) {
      failure ??= { error }
    } finally {
      // In the same turn in which nothing was left to save, so that what is noted next begins anew.
      saving = undefined
    }
  }

  function save(): void {
    again = true
    saving ??= saveAll()
  }

  async function flush(): Promise<void> {
    while (saving) await saving
    if (failure) throw failure.error
  }

  const has = ({ event, position }: FoldItem): boolean =>
    hasFolded(marks, position) || (acknowledged.get(event.streamId) ?? 0) >= event.version

  return {
    begin(items) {
      streams = new Set(items.map(({ event }) => event.streamId))
      const [{ position }] = items
      const before = { ...position, version: position.version - 1 }
      marks = [...marks.filter((mark) => !sameInterval(mark, range)), ...later(marks, range, before)]
      settle()
    },
    has,
    add({ event: { streamId, version } }) {
      if ((parked.get(streamId)?.version ?? Number.POSITIVE_INFINITY) <= version) return
      acknowledged.set(streamId, version)
      save()
    },
    async park(item) {
      if (has(item)) return false
      const { streamId } = item.event
      parked.set(streamId, item.position)
      save()
      await flush()
      return parked.has(streamId)
    },
    parkedAt: (streamId) => parked.get(streamId)?.version,
    replayed(streamId) {
      parked.delete(streamId)
    },
    flush,
  }
}

/** The later of the range's own tidemark and a position. */
function later(marks: readonly Tidemark[], range: FeedRange, position: Position): Tidemark[] {
  const [own] = furthest(marks, range)
  return own && comparePositions(own, position) >= 0 ? [own] : [{ min: range.min, max: range.max, ...position }]
}

function furthest(marks: readonly Tidemark[], range: FeedRange): Tidemark[] {
  const own = marks.filter((mark) => sameInterval(mark, range))
  return own.toSorted(comparePositions).slice(-1)
}
