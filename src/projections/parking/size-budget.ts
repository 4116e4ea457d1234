/** How the size of a view's document is divided between its data and a parked mark. */
export type Room = {
  /** The maximum size of a view without its mark, so that a mark always fits, in bytes. */
  readonly view: number
  /** The size of the references at which the tail of a mark is full, in bytes. */
  readonly tail: number
  /** How many characters of an error's message are kept. */
  readonly message: number
}

// Of this, one half is for the tail, which one reference may exceed, at most a quarter for the message (three bytes for
// each character), and the rest for everything else except the tidemarks.
const RESERVE = 16_384

// A mark repeats the tidemarks, of which there may be one for each feed range.
const BYTES_PER_TIDEMARK = 200

/**
 * Divides the size that a storage allows for a view. Every process must compute the same tail and message, because it
 * writes the same chunks; the size left for a view depends on the feed ranges that a process knows.
 *
 * @param ranges the approximate number of feed ranges
 */
export function roomOf(bytesPerView: number, ranges: number): Room {
  const reserve = Math.min(RESERVE, Math.floor(bytesPerView / 4))
  const tidemarks = Math.min(BYTES_PER_TIDEMARK * ranges, Math.floor(bytesPerView / 2))
  return { view: bytesPerView - reserve - tidemarks, tail: reserve / 2, message: Math.floor(reserve / 16) }
}
