// What both ends of a writer thread know of each other: words of shared memory, which are changed and read atomically,
// and buffers that batches are packed into, and their answers afterwards.

/** Words of the channel. */
export const Word = {
  /** Counts whatever the main thread has told, so that the writer can sleep until there is more. */
  told: 0,
  /** Batches sent. */
  sent: 1,
  /** Whether the main thread is about to send more in the turn that it is in. */
  more: 2,
  /** Whether the writer is to end when it has written what was sent. */
  stop: 3,
  /** Batches answered. */
  answered: 4,
  /** From here on, by the number of a batch: the slot that it lies in, twice, and one if its buffer is a new one. */
  order: 5,
} as const

/** Batches that may be under way at a time; a power of two. */
export const SLOTS = 64

/** The words of a new channel. */
export const newChannel = (): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer((Word.order + SLOTS) * 4))

/** The number of the batch after this one. It is a word's, which goes on below zero when it is full. */
export const following = (batch: number): number => (batch + 1) | 0

/** The place of a batch's slot among the words. */
export const orderOf = (batch: number): number => Word.order + (batch & (SLOTS - 1))

/** Bytes of a buffer, at least; the answers to what fits a batch fit it, too. */
export const LEAST = 128 * 1024

/** Bytes of a buffer that is kept for the next batch. A larger one is let go by both ends when it was answered. */
export const MOST_KEPT = 1024 * 1024
