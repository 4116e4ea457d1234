import type { FeedRange, StoragePort } from '../../../src/core/index.ts'
import type { Projection } from '../../../src/projections/projection.ts'
import { createBusy } from './busy.ts'

/** What a worker did: milliseconds in which such work was under way, and how often it came to what. */
export type Work = {
  /** In the projection's handlers. */
  readonly fold: number
  /** In which at least one view was being saved. */
  readonly save: number
  /** In which leases were read or saved. */
  readonly lease: number
  /** In which the feed was read. */
  readonly read: number
  /** Calls of handlers, those for a save that was refused included. */
  readonly folds: number
  readonly saves: number
  /** Saves that were refused because somebody else had saved the view. */
  readonly conflicts: number
}

/** Looks on at a storage and a projection that a processor is given, and adds up what it does with them. */
export function createMeter() {
  const fold = createBusy()
  const save = createBusy()
  const lease = createBusy()
  const read = createBusy()
  const counts = { folds: 0, saves: 0, conflicts: 0 }
  return {
    work: (): Work => ({ fold: fold.total, save: save.total, lease: lease.total, read: read.total, ...counts }),

    projection: (projection: Projection): Projection => ({
      ...projection,
      fold(key, view, event) {
        counts.folds++
        return fold.at(() => projection.fold(key, view, event))
      },
    }),

    /** @param open resolves when a range may be read */
    storage: (port: StoragePort, open: (range: FeedRange) => Promise<void>): StoragePort => ({
      ...port,
      feed: {
        ...port.feed,
        async read(range, from, options) {
          await open(range)
          return read.during(() => port.feed.read(range, from, options))
        },
      },
      viewStore: {
        ...port.viewStore,
        async save(document, condition) {
          const result = await save.during(() => port.viewStore.save(document, condition))
          counts.saves++
          if (!result.saved) counts.conflicts++
          return result
        },
      },
      leases: {
        ...port.leases,
        list: (filter) => lease.during(() => port.leases.list(filter)),
        get: (id) => lease.during(() => port.leases.get(id)),
        save: (document, condition) => lease.during(() => port.leases.save(document, condition)),
      },
    }),
  }
}
