/** A set of 64-bit hashes: 8 bytes for each, and as many again for free slots. */
export type HashSet = {
  readonly size: number
  add(high: number, low: number): void
  has(high: number, low: number): boolean
}

/** @param bits the logarithm of the number of slots to begin with */
export function createHashSet(bits = 10): HashSet {
  let slots = new Uint32Array(2 ** bits * 2)
  let mask = 2 ** bits - 1
  let size = 0
  // Two zeros mark a free slot, so the one hash that has them is not stored.
  let hasZero = false

  const find = (high: number, low: number): number => {
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const [a, b] = [slots[2 * slot], slots[2 * slot + 1]]
      if ((a === high && b === low) || (a === 0 && b === 0)) return 2 * slot
    }
  }

  function grow(): void {
    const old = slots
    slots = new Uint32Array(old.length * 2)
    mask = slots.length / 2 - 1
    for (let i = 0; i < old.length; i += 2) {
      const [high, low] = [old[i] as number, old[i + 1] as number]
      if (high !== 0 || low !== 0) put(find(high, low), high, low)
    }
  }

  function put(at: number, high: number, low: number): void {
    slots[at] = high
    slots[at + 1] = low
  }

  return {
    get size() {
      return size
    },
    add(high, low) {
      if (this.has(high, low)) return
      size++
      if (high === 0 && low === 0) {
        hasZero = true
        return
      }
      if (size * 3 > mask * 2) grow()
      put(find(high, low), high, low)
    },
    has(high, low) {
      if (high === 0 && low === 0) return hasZero
      const at = find(high, low)
      return slots[at] === high && slots[at + 1] === low
    },
  }
}
