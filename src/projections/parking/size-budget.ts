/** How the bytes of a view's document are shared out between its data and a parked mark. */
export type Room = {
  /** Bytes that a view may take without its mark, so that a mark always fits. */
  readonly view: number
  /** Bytes of waiting references at which the tail of a mark is full. */
  readonly tail: number
  /** Characters that are kept of an error's message. */
  readonly message: number
}

// Of this, one half is for the tail, which one reference may exceed, a quarter at most for the message (three bytes a
// character), and the rest for everything else but the tidemarks.
const RESERVE = 16_384

// A mark repeats the tidemarks, of which there may be one for each feed range.
const BYTES_PER_TIDEMARK = 200

/**
 * Shares out the bytes that a storage allows a view. Every process must come to the same tail and message, since it
 * writes the same chunks; what a view may take depends on the feed ranges that a process knows of.
 *
 * @param ranges about how many feed ranges there are
 */
export function roomOf(bytesPerView: number, ranges: number): Room {
  const reserve = Math.min(RESERVE, Math.floor(bytesPerView / 4))
  const tidemarks = Math.min(BYTES_PER_TIDEMARK * ranges, Math.floor(bytesPerView / 2))
  return { view: bytesPerView - reserve - tidemarks, tail: reserve / 2, message: Math.floor(reserve / 16) }
}
