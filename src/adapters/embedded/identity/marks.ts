import type { FeedRange } from '../../../core/port/change-feed.ts'
import type { LeaseDocument } from '../../../core/port/lease-store.ts'
import type { ViewDocument } from '../../../core/port/view-store.ts'
import { containsInterval, type HashInterval } from '../../../core/positions/hash-interval.ts'
import type { DerivedLsn } from './holds.ts'

/** The furthest position in each slot that a document names. */
export type Marks = readonly DerivedLsn[]

const NONE: Marks = []

/** Finds up to which positions in the log documents were derived. */
export class DocumentMarks {
  readonly #ranges: readonly FeedRange[]
  readonly #incarnation: string
  // Intervals are few, and the same in all documents.
  readonly #slots = new Map<string, number>()

  /** @param ranges by slot */
  constructor(ranges: readonly FeedRange[], incarnation: string) {
    this.#ranges = ranges
    this.#incarnation = incarnation
  }

  /** The positions that a view names in its tidemarks. */
  ofView({ incarnation, tidemarks }: ViewDocument): Marks {
    if (incarnation !== this.#incarnation || !Array.isArray(tidemarks)) return NONE
    const furthest = new Map<number, DerivedLsn>()
    for (const { min, max, lsn, event = null } of tidemarks) {
      const slot = this.#slotOf({ min, max })
      if (slot >= 0 && lsn > (furthest.get(slot)?.lsn ?? 0)) furthest.set(slot, { slot, lsn, mark: event })
    }
    return [...furthest.values()]
  }

  /** The position that a lease names: it has read up to there. */
  ofLease({ incarnation, continuation, range, readTo }: LeaseDocument): Marks {
    if (incarnation !== this.#incarnation || continuation === null || !(readTo > 0)) return NONE
    const slot = this.#slotOf(range)
    return slot < 0 ? NONE : [{ slot, lsn: readTo, mark: null }]
  }

  #slotOf(interval: HashInterval): number {
    const key = `${interval.min}-${interval.max}`
    let slot = this.#slots.get(key)
    if (slot === undefined) {
      slot = this.#ranges.findIndex((whole) => containsInterval(whole, interval))
      if (this.#slots.size > 10_000) this.#slots.clear()
      this.#slots.set(key, slot)
    }
    return slot
  }
}
