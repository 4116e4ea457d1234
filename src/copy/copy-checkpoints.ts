import { CopyInProgress, CopyTargetOccupied } from '../core/errors/copy.ts'
import type { FeedPage, FeedRange, FeedStart } from '../core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../core/port/lease-store.ts'
import type { SaveCondition, Stored } from '../core/port/save.ts'
import type { StoragePort } from '../core/port/storage.ts'
import { containsInterval, sameInterval } from '../core/positions/hash-interval.ts'
import { readLog, wholeLog } from '../core/reading/read-log.ts'

/**
 * The projection under which a copy stores its checkpoints among the leases of its target; no list of projections shows
 * it.
 */
const COPY = '$copy'

const VERSION = 1

/** Up to where one feed range of the source is copied, as recorded at the target. */
export type Place = {
  readonly range: FeedRange
  readonly from: FeedStart
  readonly readTo: number
  /** Saves the checkpoint of a copied page. @throws CopyInProgress */
  advance(page: FeedPage): Promise<void>
  /** Continues with the parts of a range that was split. @throws CopyInProgress */
  cut(parts: readonly FeedRange[]): Promise<readonly Place[]>
}

/** The checkpoints at the target for a copy of this source. @throws CopyTargetOccupied */
export async function storedPlaces(source: StoragePort, target: StoragePort): Promise<Stored<LeaseDocument>[]> {
  const stored = await target.leases.list({ projection: COPY })
  if (stored.some(({ document }) => document.incarnation !== source.incarnation)) {
    throw new CopyTargetOccupied('anotherCopy')
  }
  return stored
}

/**
 * Takes over the copy's checkpoints, or creates them if the target is empty; a copy that had them before stops. Nothing
 * is written if the target contains anything else.
 *
 * @throws CopyTargetOccupied, CopyInProgress
 */
export async function claimPlaces(
  source: StoragePort,
  target: StoragePort,
  owner: string,
  signal: AbortSignal,
): Promise<Place[]> {
  const places: Place[] = []
  for (let attempt = 1; ; attempt++) {
    try {
      await claim(source, target, owner, signal, places)
      return places
    } catch (error) {
      // A copy that has taken over a checkpoint must not be stopped by one that is just creating the others: both would
      // end.
      const hasTaken = places.splice(0).length > 0
      if (!(error instanceof CopyInProgress) || !hasTaken || attempt === ATTEMPTS) throw error
    }
  }
}

const ATTEMPTS = 10

async function claim(
  source: StoragePort,
  target: StoragePort,
  owner: string,
  signal: AbortSignal,
  places: Place[],
): Promise<void> {
  const stored = await storedPlaces(source, target)
  // Checkpoints of another incarnation of the target's log say nothing about this one.
  const known = stored.filter(({ document }) => document.target === target.incarnation)
  if (known.length === 0) await assertEmpty(target, signal)
  const ranges = [...(await source.feed.ranges())].sort((a, b) => (a.min < b.min ? -1 : 1))
  for (const range of ranges) {
    const before = narrowest(known, range)?.document
    const there = stored.find(({ document }) => sameInterval(document.range, range))
    const document = {
      id: leaseId(COPY, VERSION, range),
      projection: COPY,
      version: VERSION,
      range: { min: range.min, max: range.max },
      owner,
      expiresAt: 0,
      continuation: before?.continuation ?? null,
      readTo: before?.readTo ?? 0,
      incarnation: source.incarnation,
      target: target.incarnation,
    }
    places.push(await openPlace(target, document, there ? { ifMatch: there.etag } : 'ifAbsent'))
  }
  // The checkpoint of a split range is removed only once those of all its parts are saved.
  for (const { document, etag } of stored) {
    if (ranges.some((range) => sameInterval(range, document.range))) continue
    if (!(await target.leases.remove(document.id, etag))) throw new CopyInProgress()
  }
}

async function openPlace(
  { leases }: Pick<StoragePort, 'leases'>,
  first: LeaseDocument,
  condition: SaveCondition,
): Promise<Place> {
  let document = first
  let etag = await save(document, condition)
  return {
    range: first.range,
    get from() {
      return document.continuation ?? 'start'
    },
    get readTo() {
      return document.readTo
    },
    async advance({ continuation, readTo, events }) {
      if (events.length === 0 && readTo === document.readTo) return
      document = { ...document, continuation, readTo }
      etag = await save(document, { ifMatch: etag })
    },
    async cut(parts) {
      const places: Place[] = []
      for (const { min, max } of parts) {
        const part = { ...document, id: leaseId(COPY, VERSION, { min, max }), range: { min, max } }
        const isSame = part.id === document.id
        places.push(await openPlace({ leases }, part, isSame ? { ifMatch: etag } : 'ifAbsent'))
      }
      const isStill = parts.some((part) => sameInterval(part, first.range))
      if (!isStill && !(await leases.remove(document.id, etag))) throw new CopyInProgress()
      return places
    },
  }

  async function save(lease: LeaseDocument, under: SaveCondition): Promise<string> {
    const result = await leases.save(lease, under)
    if (!result.saved) throw new CopyInProgress()
    return result.etag
  }
}

async function assertEmpty({ feed }: StoragePort, signal: AbortSignal): Promise<void> {
  await readLog(feed, await wholeLog(feed), signal, (events) => {
    if (events.length > 0) throw new CopyTargetOccupied('events')
  })
}

/** The checkpoint of a range, otherwise that of the narrowest one around it. */
export function narrowest(
  stored: readonly Stored<LeaseDocument>[],
  range: FeedRange,
): Stored<LeaseDocument> | undefined {
  const around = stored.filter(({ document }) => containsInterval(document.range, range))
  return around.find((one) => around.every((other) => containsInterval(other.document.range, one.document.range)))
}
