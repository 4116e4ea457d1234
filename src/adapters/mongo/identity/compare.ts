import { randomUUID } from 'node:crypto'
import type { Collection } from 'mongodb'
import { furthestPlaces } from '../../../core/adapters/lease-checkpoints.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import { containsInterval } from '../../../core/positions/hash-interval.ts'
import { isOlderLog } from '../../../core/positions/log-identity.ts'
import { feedRanges } from '../../../core/positions/stream-slot.ts'
import type { Collections } from '../client/collections.ts'
import type { Attempt } from '../client/run.ts'
import { toStored } from '../client/stored-record.ts'
import { toPlace } from '../sequence/continuation.ts'
import { readInfo, type StorageInfo } from '../setup/storage-info.ts'
import { assertHolds } from './holds.ts'

type Compared = { readonly collections: Collections; readonly storage: Collection<StorageInfo> }

/**
 * Compares the log with the furthest lease of each range.
 *
 * @param accept whether a log that is older than they are gets a new incarnation
 * @returns the fixed properties of the storage afterwards
 * @throws LogDiverged, TidemarkAheadOfLog
 */
export async function compareWithLog(
  { collections, storage }: Compared,
  attempt: Attempt,
  info: StorageInfo,
  accept: boolean,
): Promise<StorageInfo> {
  try {
    await assertLogHolds(collections, attempt, info)
    return info
  } catch (error) {
    if (!accept || !isOlderLog(error)) throw error
  }
  // Another process may have accepted it already.
  const update = { $set: { incarnation: randomUUID() } }
  await storage.updateOne({ _id: info._id, incarnation: info.incarnation }, update, { session: attempt.session })
  return (await readInfo(storage)) ?? info
}

async function assertLogHolds(
  collections: Collections,
  attempt: Attempt,
  { incarnation, slots }: StorageInfo,
): Promise<void> {
  const { session } = attempt
  const leases = await collections.leases.find({}, { session }).toArray()
  const places = furthestPlaces(
    leases.map((record) => toStored<LeaseDocument>(record).document),
    incarnation,
  )
  if (places.length === 0) return
  const ranges = feedRanges(slots)
  const counters = new Map<number, number>()
  for (const { _id, counter } of await collections.slots.find({}, { session }).toArray()) counters.set(_id, counter)
  for (const { leaseId, range, place, last } of places) {
    const slot = ranges.findIndex((whole) => containsInterval(whole, range))
    const counter = counters.get(slot)
    if (counter === undefined) continue
    const derived = toPlace(place, last)
    const head = derived.lsn > counter ? await newestHead(collections, attempt, slot) : counter
    await assertHolds({ collections, ranges }, attempt, `Lease ${leaseId}`, derived, head)
  }
}

// A newly elected primary may not know yet what its predecessor had.
async function newestHead({ slots }: Collections, { maxTimeMS }: Attempt, slot: number): Promise<number> {
  const newest = await slots.findOne({ _id: slot }, { readConcern: { level: 'linearizable' }, maxTimeMS })
  return newest?.counter ?? 0
}
