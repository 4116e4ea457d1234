import { containsHash, type HashInterval } from '../../../core/positions/hash-interval.ts'
import type { Database } from '../sqlite/database.ts'

// The places at which slots are cut, as a JSON array of hashes in order. A folder without the entry was never cut.
const NAME = 'cuts'

/**
 * Makes what tells the feed ranges of now: the slots, or the parts into which they were cut since the folder was made.
 * It is to be called inside a read transaction and looks each time, which costs no more than to ask whether anybody
 * has written.
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
 * Notes that the range which holds a hash is cut there, inside a write transaction. No event moves: a part of a slot
 * is read by leaving out the others, and goes on counting in the slot. Nothing happens where a range begins already.
 *
 * @param hash upper-case hexadecimal
 */
export function addCut(database: Database, hash: string): void {
  const cuts = [...new Set([...parse(storedCuts(database)), hash])].sort()
  database.statement('INSERT OR REPLACE INTO storage VALUES (?, ?)').run(NAME, JSON.stringify(cuts))
}

/** The text of the places where slots are cut, or undefined where none is. */
export const storedCuts = (database: Database): string | undefined =>
  database.get<[string]>('SELECT value FROM storage WHERE name = ?', NAME)?.[0]

const parse = (text: string | undefined): readonly string[] => (text === undefined ? [] : JSON.parse(text))

function partsOf(slots: readonly HashInterval[], cuts: readonly string[]): readonly HashInterval[] {
  return slots.flatMap((slot) => {
    const edges = [slot.min, ...cuts.filter((hash) => hash !== slot.min && containsHash(slot, hash)), slot.max]
    return edges.slice(1).map((max, i) => ({ min: edges[i] as string, max }))
  })
}
