/** The stream was listed by the storage. */
export const LISTED = 1
/** The stream was first seen after the storage began to list streams. */
export const LATE = 2

/** The last version, and marks, of each stream whose hash is in an interval; in a fixed amount of memory. */
export type StreamTable = {
  /** The interval of the upper halves of hashes, `[from, to)`. `to` decreases while the table has too many streams. */
  readonly from: number
  readonly to: number
  /** The slot of a stream, or -1 if it is not in the table. */
  find(high: number, low: number): number
  /** The slot of a stream, which is added with version 0 if need be, or -1 if it is not in the interval. */
  slot(high: number, low: number): number
  version(slot: number): number
  setVersion(slot: number, version: number): void
  marks(slot: number): number
  mark(slot: number, marks: number): void
  /** Whether a predicate holds for one of its streams. */
  some(is: (slot: number, high: number, low: number) => boolean): boolean
}

/** One more than the greatest upper half of a hash. */
export const ALL_HASHES = 2 ** 32

const FEWEST_SLOTS = 2 ** 10

// 13 bytes each: 54 MB.
const MOST_SLOTS = 2 ** 22

/**
 * An open-addressing table of 64-bit hashes, which grows up to a limit. If more streams are added than fit, it halves its
 * interval and forgets the rest, which another pass with the next interval has to read.
 *
 * @param from the lowest upper half of its hashes @param limit the greatest number of slots, a power of two
 */
export function createStreamTable(from = 0, limit = MOST_SLOTS): StreamTable {
  let slots = Math.min(FEWEST_SLOTS, limit)
  let [highs, lows] = [new Uint32Array(slots), new Uint32Array(slots)]
  let [versions, marks] = [new Uint32Array(slots), new Uint8Array(slots)]
  let used = 0
  let to = ALL_HASHES

  const find = (high: number, low: number): number => {
    const mask = slots - 1
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      // A version of 0 marks a free slot; versions are stored with 1 added.
      if (versions[slot] === 0) return ~slot
      if (lows[slot] === low && highs[slot] === high) return slot
    }
  }

  /** Makes room: more slots, or if there may not be more, fewer streams. */
  function makeRoom(): void {
    const old = { slots, highs, lows, versions, marks }
    if (slots < limit) slots *= 2
    else to = from + Math.ceil((to - from) / 2)
    ;[highs, lows] = [new Uint32Array(slots), new Uint32Array(slots)]
    ;[versions, marks] = [new Uint32Array(slots), new Uint8Array(slots)]
    used = 0
    for (let i = 0; i < old.slots; i++) {
      const high = old.highs[i] as number
      if (old.versions[i] === 0 || high >= to) continue
      const slot = add(high, old.lows[i] as number)
      versions[slot] = old.versions[i] as number
      marks[slot] = old.marks[i] as number
    }
  }

  function add(high: number, low: number): number {
    const slot = ~find(high, low)
    highs[slot] = high
    lows[slot] = low
    versions[slot] = 1
    used++
    return slot
  }

  return {
    from,
    get to() {
      return to
    },
    find: (high, low) => (high < from || high >= to ? -1 : Math.max(-1, find(high, low))),
    slot(high, low) {
      if (high < from || high >= to) return -1
      const slot = find(high, low)
      if (slot >= 0) return slot
      while (used >= slots * 0.7 && high < to) makeRoom()
      return high < to ? add(high, low) : -1
    },
    version: (slot) => (versions[slot] as number) - 1,
    setVersion(slot, version) {
      versions[slot] = version + 1
    },
    marks: (slot) => marks[slot] as number,
    mark(slot, more) {
      marks[slot] = (marks[slot] as number) | more
    },
    some(is) {
      for (let slot = 0; slot < slots; slot++) {
        if (versions[slot] !== 0 && is(slot, highs[slot] as number, lows[slot] as number)) return true
      }
      return false
    },
  }
}
