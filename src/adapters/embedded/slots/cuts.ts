import { containsHash, type HashInterval } from '../../../core/positions/hash-interval.ts'
import type { Database } from '../sqlite/database.ts'

// The boundaries at which slots are split, as a JSON array of hashes in order. A folder without the entry was never
// split.
const NAME = 'cuts'

/**
 * Creates a function that returns the current feed ranges: the slots, or the parts into which they were split since the
 * folder was created. Call it inside a read transaction; it checks each time, at no more cost than asking whether
 * another connection has written.
 *
 * @param slots the whole ranges, by slot
 */
export function rangesOf(database: Database, slots: readonly HashInterval[]): () => readonly HashInterval[] {
  let known: string | undefined
  let ranges = slots
  return () => {
    const text = storedCuts(database)
    if (text !== known) {
      ranges = partsOf(slots, parse(text))
      known = text
    }
    return ranges
  }
}

/**
 * Records that the range that contains a hash is split there, inside a write transaction. No event moves: a part of a
 * slot is read by leaving out the others, and continues counting in the slot. Nothing happens if a range already begins
 * there.
 *
 * @param hash upper-case hexadecimal
 */
export function addCut(database: Database, hash: string): void {
  const cuts = [...new Set([...parse(storedCuts(database)), hash])].sort()
  database.statement('INSERT OR REPLACE INTO storage VALUES (?, ?)').run(NAME, JSON.stringify(cuts))
}

/** The text of the boundaries at which slots are split, or undefined if there are none. */
export const storedCuts = (database: Database): string | undefined =>
  database.get<[string]>('SELECT value FROM storage WHERE name = ?', NAME)?.[0]

const parse = (text: string | undefined): readonly string[] => (text === undefined ? [] : JSON.parse(text))

function partsOf(slots: readonly HashInterval[], cuts: readonly string[]): readonly HashInterval[] {
  return slots.flatMap((slot) => {
    const edges = [slot.min, ...cuts.filter((hash) => hash !== slot.min && containsHash(slot, hash)), slot.max]
    return edges.slice(1).map((max, i) => ({ min: edges[i] as string, max }))
  })
}
