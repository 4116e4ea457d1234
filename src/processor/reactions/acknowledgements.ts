import { IncarnationMismatch } from '../../core/errors/feed.ts'
import type { FeedRange } from '../../core/port/change-feed.ts'
import type { SaveCondition } from '../../core/port/save.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { type ViewDocument, viewId } from '../../core/port/view-store.ts'
import { sameInterval } from '../../core/positions/hash-interval.ts'
import type { Position, Tidemark } from '../../core/positions/position.ts'
import { hasFolded } from '../../core/positions/tidemark.ts'
import type { FoldItem } from '../../projections/fold-item.ts'
import { progressOf } from '../../projections/parking/reserved-names.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { furthest, later } from './own-tidemark.ts'

/**
 * Which events of a range a reaction acknowledged beyond its checkpoint, stored so that a crash repeats few of them: a
 * tidemark up to which all were, and for each stream the version up to which it was beyond that. It is one document,
 * saved by ETag, which the previous owner of a range and the current one share. It therefore also decides between the
 * two if one acknowledges an event that the other parks.
 */
export type Acknowledgements = {
  /** Moves on to some events of a page: everything before the first of them is acknowledged or parked. */
  begin(items: readonly [FoldItem, ...FoldItem[]]): void
  /** Whether the event was already acknowledged. */
  has(item: AcknowledgedItem): boolean
  /**
   * Records an event as acknowledged, unless its stream is about to be parked there, and saves that soon. `flush`
   * throws any failure.
   */
  add(item: FoldItem): void
  /** Records the same, and resolves when it is saved. */
  acknowledge(item: FoldItem): Promise<void>
  /**
   * Saves that a stream is about to be parked at an event. Once saved, this is final, whichever worker completes it.
   *
   * @param ended whether a process ended while it handled the event, instead of the handler failing
   * @returns false if another worker acknowledged the event in the meantime, so that it must not be parked
   */
  park(item: FoldItem, ended: boolean): Promise<boolean>
  /** The version at which a stream is parked, or about to be, by any worker; undefined if it is not. */
  parkedAt(streamId: string): number | undefined
  /** Whether that is because a process ended. */
  hasEnded(streamId: string): boolean
  /** How often an event was attempted by processes that may have ended meanwhile: 0 if that was not recorded. */
  attempts(item: FoldItem): number
  /** Records that, and resolves when it is saved. */
  recordAttempts(item: FoldItem, count: number): Promise<void>
  /** Records that the event parked there was replayed since. */
  replayed(streamId: string): void
  /** Resolves when everything recorded is saved. */
  flush(): Promise<void>
}

/** Which event, and where it is. */
type AcknowledgedItem = {
  readonly event: { readonly streamId: string; readonly version: number }
  readonly position: Position
}

type Stored = {
  readonly acknowledged: { readonly [streamId: string]: number }
  readonly parked: { readonly [streamId: string]: Parked }
  /** Only after a process may have been killed. */
  readonly attempted?: { readonly [streamId: string]: Attempted }
}

/** The event at which a stream is about to be parked. */
type Parked = Position & { readonly ended?: true }

/** An event of a stream that was attempted so often. */
type Attempted = Position & { readonly count: number }

/**
 * Reads what a reaction acknowledged on a range, and continues recording. It is saved repeatedly while handlers run,
 * one save after the other, each with everything acknowledged since the previous one.
 *
 * @param wider the ranges that this one was split from: what was acknowledged in them is still valid
 * @throws IncarnationMismatch
 */
export async function openAcknowledgements(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  { name, version }: Pick<Reaction, 'name' | 'version'>,
  range: FeedRange,
  wider: readonly FeedRange[],
): Promise<Acknowledgements> {
  const keyOf = ({ min, max }: FeedRange) => `${min}-${max}`
  const ref = { projection: progressOf(name), version, key: keyOf(range) }
  const found = await viewStore.getMany(ref.projection, version, [...new Set([range, ...wider].map(keyOf))])
  const acknowledged = new Map<string, number>()
  const parked = new Map<string, Parked>()
  const attempted = new Map<string, Attempted>()
  let marks: Tidemark[] = []
  let streams: ReadonlySet<string> = new Set()
  for (const { document } of found.values()) merge(document)
  // What was about to be parked in a wider range may be acknowledged in its part.
  for (const { document } of found.values()) merge({ ...document, data: { ...document.data, parked: {} } })
  const own = found.get(ref.key)
  let condition: SaveCondition = own ? { ifMatch: own.etag } : 'ifAbsent'
  let saving: Promise<void> | undefined
  // What waits for the next save that begins.
  let waiters: PromiseWithResolvers<void>[] = []
  let again = false
  let failure: { readonly error: unknown } | undefined

  /** Merges in what is stored. Unsaved changes of this worker give way: the first to save is right. */
  function merge(document: ViewDocument | undefined): void {
    if (document === undefined) return
    if (document.incarnation !== incarnation) {
      throw new IncarnationMismatch(`Progress ${document.id}`, incarnation, document.incarnation)
    }
    marks = [...marks, ...document.tidemarks]
    const stored = document.data as unknown as Stored
    for (const [streamId, at] of Object.entries(stored.acknowledged)) {
      acknowledged.set(streamId, Math.max(at, acknowledged.get(streamId) ?? 0))
    }
    for (const [streamId, one] of Object.entries(stored.attempted ?? {})) {
      const own = attempted.get(streamId)
      const isLater = !own || one.version > own.version || (one.version === own.version && one.count > own.count)
      if (isLater) attempted.set(streamId, one)
    }
    settle()
    for (const [streamId, place] of Object.entries(stored.parked)) {
      // Everything before this worker's place is acknowledged or parked: what was parked there may have been replayed
      // since.
      if (hasFolded(marks, place) || place.version > (parked.get(streamId)?.version ?? place.version)) continue
      parked.set(streamId, place)
      acknowledged.set(streamId, Math.min(acknowledged.get(streamId) ?? 0, place.version - 1))
    }
  }

  /** Removes entries about events that were acknowledged or left behind. */
  function settle(): void {
    for (const entries of [parked, attempted]) {
      for (const [streamId, place] of entries) {
        const isAcknowledged = (acknowledged.get(streamId) ?? 0) >= place.version
        if (isAcknowledged || hasFolded(marks, place)) entries.delete(streamId)
      }
    }
  }

  async function saveOnce(): Promise<void> {
    const data = {
      acknowledged: Object.fromEntries([...acknowledged].filter(([streamId]) => streams.has(streamId))),
      parked: Object.fromEntries(parked),
      ...(attempted.size > 0 && { attempted: Object.fromEntries(attempted) }),
    }
    const document = { ...ref, id: viewId(ref), data, incarnation, tidemarks: furthest(marks, range) }
    const served = waiters
    waiters = []
    try {
      const result = await viewStore.save(document, condition)
      if (result.saved) {
        condition = { ifMatch: result.etag }
        for (const waiter of served.splice(0)) waiter.resolve()
        return
      }
    } finally {
      waiters.push(...served)
    }
    // Another worker owns the range now, or did until a moment ago: both have done what they record.
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
      for (const waiter of waiters.splice(0)) waiter.reject(error)
    } finally {
      // In the same turn in which nothing was left to save, so that later changes start a new save.
      saving = undefined
    }
  }

  function save(): void {
    again = true
    saving ??= saveAll()
  }

  /** Resolves when what was recorded until now is saved. */
  function saved(): Promise<void> {
    const waiter = Promise.withResolvers<void>()
    waiters.push(waiter)
    save()
    return waiter.promise
  }

  async function flush(): Promise<void> {
    while (saving) await saving
    if (failure) throw failure.error
  }

  function note({ event: { streamId, version } }: FoldItem): boolean {
    if ((parked.get(streamId)?.version ?? Number.POSITIVE_INFINITY) <= version) return false
    acknowledged.set(streamId, Math.max(version, acknowledged.get(streamId) ?? 0))
    attempted.delete(streamId)
    return true
  }

  const has = ({ event, position }: AcknowledgedItem): boolean =>
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
    add(item) {
      if (note(item)) save()
    },
    async acknowledge(item) {
      if (note(item)) await saved()
    },
    async park(item, ended) {
      if (has(item)) return false
      const { streamId } = item.event
      parked.set(streamId, { ...item.position, ...(ended && { ended }) })
      attempted.delete(streamId)
      await saved()
      return parked.has(streamId)
    },
    attempts({ event: { streamId, version } }) {
      const one = attempted.get(streamId)
      return one?.version === version ? one.count : 0
    },
    async recordAttempts({ event: { streamId }, position }, count) {
      if (count > 0) attempted.set(streamId, { ...position, count })
      else attempted.delete(streamId)
      await saved()
    },
    hasEnded: (streamId) => parked.get(streamId)?.ended === true,
    parkedAt: (streamId) => parked.get(streamId)?.version,
    replayed(streamId) {
      parked.delete(streamId)
    },
    flush,
  }
}
