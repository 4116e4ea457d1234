import { concurrently } from '../../../core/async/concurrently.ts'
import { limiter } from '../../../core/async/limiter.ts'
import type { Clock } from '../../../core/clock.ts'
import { FeedRangeGone } from '../../../core/errors/feed.ts'
import type { FeedRange } from '../../../core/port/change-feed.ts'
import { type LeaseDocument, leaseId } from '../../../core/port/lease-store.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { containsInterval, type HashInterval } from '../../../core/positions/hash-interval.ts'
import type { Reaction } from '../../../reactions/reaction.ts'
import { finestAround } from '../../leases/first-lease.ts'
import {
  type InitialCheckpoint,
  rangesWithProgress,
  readInitialCheckpoints,
  recordInitialCheckpoints,
} from './initial-checkpoints.ts'

type Storage = Pick<StoragePort, 'feed' | 'leases' | 'viewStore' | 'incarnation'>

// Concurrent reads and saves.
const AT_ONCE = 16

// The feed may list a range for a while after it was split.
const CUTS = 20
const AFTER_CUT = 500

/**
 * Fixes where a reaction begins that was never started, before anything is appended that it must not miss: at the start
 * of each feed range, or at its current end. A reaction that was started before resumes, also on ranges that were split
 * since, and also if its leases are gone: then it reads everything after its beginning again, and skips what it has
 * acknowledged.
 *
 * @returns whether it begins now, and skips events that already exist
 * @throws IncarnationMismatch; what the storage throws
 */
export async function beginReaction(
  { storage, clock }: { readonly storage: Storage; readonly clock: Clock },
  reaction: Reaction,
): Promise<{ readonly passesOver: boolean }> {
  for (let cuts = 1; ; cuts++) {
    try {
      return await fixBeginning(storage, reaction)
    } catch (error) {
      if (!(error instanceof FeedRangeGone) || cuts === CUTS) throw error
      await clock.sleep(AFTER_CUT)
    }
  }
}

async function fixBeginning(storage: Storage, reaction: Reaction): Promise<{ readonly passesOver: boolean }> {
  const { feed, leases } = storage
  const { name, version } = reaction
  const known = (await leases.list({ projection: name, version })).map(({ document }) => document)
  const ranges = await feed.ranges()
  const ids = new Set(known.map(({ id }) => id))
  // A range whose parts are known was split, although the feed does not report it yet.
  const missing = ranges.filter(
    (range) => !ids.has(leaseId(name, version, range)) && !known.some((lease) => overlap(lease.range, range)),
  )
  const atOnce = limiter(AT_ONCE)
  const before = await readInitialCheckpoints(storage, reaction)
  const begun = before
    ? { checkpoints: before, isNew: false }
    : await recordInitialCheckpoints(storage, reaction, [
        ...known.map(({ range, continuation, readTo }) => ({ range, continuation, readTo })),
        ...(await Promise.all(missing.map((range) => atOnce(() => initialCheckpoint(storage, reaction, range))))),
      ])
  const lost = [...begun.checkpoints.map(({ range }) => range), ...(await rangesWithProgress(storage, reaction))]
  const around = finestAround(lost, begun.checkpoints)
  const toSave = lost.filter((range) => missing.some((other) => overlap(range, other)))
  await concurrently(AT_ONCE, toSave, async (range) => {
    const checkpoint = around.get(range)
    // The first worker has fixed it.
    if (checkpoint) await leases.save(leaseAt(storage, reaction, range, checkpoint), 'ifAbsent')
  })
  return { passesOver: begun.isNew && begun.checkpoints.some(({ readTo }) => readTo > 0) }
}

async function initialCheckpoint({ feed }: Storage, { react }: Reaction, range: FeedRange): Promise<InitialCheckpoint> {
  if (react.from === 'start') return { range, continuation: null, readTo: 0 }
  const { continuation, readTo } = await feed.read(range, 'now', { limit: 1 })
  return { range, continuation, readTo }
}

const leaseAt = (
  { incarnation }: Storage,
  { name, version }: Reaction,
  range: FeedRange,
  { continuation, readTo }: InitialCheckpoint,
): LeaseDocument => ({
  id: leaseId(name, version, range),
  projection: name,
  version,
  range,
  owner: null,
  expiresAt: 0,
  continuation,
  readTo,
  incarnation,
})

/** Ranges are only ever split, so of two of them one contains the other, or they do not overlap. */
const overlap = (a: HashInterval, b: HashInterval): boolean => containsInterval(a, b) || containsInterval(b, a)
