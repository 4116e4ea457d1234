import { type Clock, systemClock } from '../../../core/clock.ts'
import { InvalidConfiguration, InvalidOption } from '../../../core/errors/input.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import type { PayloadRule, PayloadStore, StoredPayload } from '../payload-store.ts'
import { referredObjects } from './referred-objects.ts'

/** How orphans are looked for. */
export type SweepOptions = {
  /** Milliseconds since an object was written before it can count as an orphan; 24 hours by default. */
  readonly olderThan?: number
  /** Whether orphans are only counted. Default false. */
  readonly dryRun?: boolean
  /** Called after every hundred objects, and at the end. */
  readonly onProgress?: (report: SweepReport) => void
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** What was found in all stores. */
export type SweepReport = {
  readonly objects: number
  /** Too new to tell: their event may still be appended. */
  readonly recent: number
  /** Objects that an event refers to. */
  readonly referred: number
  /** Objects that do not have the key of a payload, or one that is abbreviated; they are left alone. */
  readonly unknown: number
  /** Objects that no event refers to: of an append that failed, or of a stream that was deleted. */
  readonly orphans: number
  /** The size of the orphans. */
  readonly orphanBytes: number
  /** How many orphans were removed, with all their versions. */
  readonly removed: number
}

const DAY = 24 * 3_600_000
const EACH = 100

/**
 * Removes objects that no event refers to. A payload is stored before its event is appended, so an append that fails
 * leaves one behind. The log is asked right before an object is removed. Run it with `dryRun` first: what belongs to
 * another log is an orphan here, too.
 *
 * @throws InvalidOption; InvalidConfiguration if the log is empty; PayloadStoreFailed; PersonalDataTampered if
 * references of an event were edited; whatever reading the log throws
 */
export async function sweepPayloads(
  storage: Pick<StoragePort, 'events'>,
  rules: readonly PayloadRule[],
  { olderThan = DAY, dryRun = false, onProgress, signal, clock = systemClock }: SweepOptions = {},
): Promise<SweepReport> {
  if (!Number.isFinite(olderThan) || olderThan < 0)
    throw new InvalidOption('olderThan', 'a number of milliseconds from 0', olderThan)
  await assertNotEmpty(storage)
  const report = { objects: 0, recent: 0, referred: 0, unknown: 0, orphans: 0, orphanBytes: 0, removed: 0 }
  const isReferred = referredObjects(storage.events)
  const judge = async (names: readonly string[], store: PayloadStore, object: StoredPayload) => {
    if (object.modified.getTime() > clock.now() - olderThan) return void report.recent++
    const referred = await isReferred(names, object.key)
    if (referred === undefined) return void report.unknown++
    if (referred) return void report.referred++
    report.orphans++
    report.orphanBytes += object.bytes
    if (dryRun) return
    await store.remove(object.key)
    report.removed++
  }
  for (const [store, names] of namesByStore(rules)) {
    for await (const object of store.list()) {
      signal?.throwIfAborted()
      report.objects++
      await judge(names, store, object)
      if (report.objects % EACH === 0) onProgress?.({ ...report })
    }
  }
  onProgress?.({ ...report })
  return report
}

/** Against the wrong storage every object would be an orphan. */
async function assertNotEmpty({ events }: Pick<StoragePort, 'events'>): Promise<void> {
  for await (const _ of events.streams({ limit: 1 })) return
  throw new InvalidConfiguration('storage', 'has no stream, so that no payload can belong to it: is it the right one?')
}

function namesByStore(rules: readonly PayloadRule[]): ReadonlyMap<PayloadStore, readonly string[]> {
  const names = Map.groupBy(rules, ({ store }) => store)
  return new Map([...names].map(([store, own]) => [store, own.map(({ name }) => name)] as const))
}
