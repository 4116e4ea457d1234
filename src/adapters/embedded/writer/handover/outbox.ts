import { following, LEAST, MOST_KEPT, newChannel, orderOf, SLOTS, Word } from './channel.ts'
import { Packer, type SharedBuffer, unpack, viewsOf } from './codec.ts'

/** The main thread's end of a channel: sends batches, and reads their answers where the batches lay. */
export class Outbox {
  readonly words = newChannel()
  readonly #post: (memory: SharedArrayBuffer) => void
  readonly #packer = new Packer()
  readonly #buffers: (SharedBuffer | undefined)[] = []
  readonly #free: number[] = Array.from({ length: SLOTS }, (_, i) => SLOTS - 1 - i)
  #sent = 0
  #read = 0

  /** @param post gives the writer a new buffer, before the batch in it is announced */
  constructor(post: (memory: SharedArrayBuffer) => void) {
    this.#post = post
  }

  /** Whether another batch may be sent. */
  get hasRoom(): boolean {
    return this.#free.length > 0
  }

  /**
   * Sends a batch. To be called only when there is room.
   *
   * @param more whether more may be sent in this turn: the writer then waits for it, briefly, before it commits
   */
  send(items: readonly unknown[], more: boolean): void {
    const size = this.#packer.take(items)
    // The slot that was freed last: where batches follow each other, its memory is still at hand.
    const slot = this.#free.pop() as number
    let buffer = this.#buffers[slot]
    const isNew = buffer === undefined || buffer.memory.byteLength < size
    if (buffer === undefined || isNew) {
      buffer = viewsOf(new SharedArrayBuffer(Math.max(LEAST, size)))
      this.#buffers[slot] = buffer
      this.#post(buffer.memory)
    }
    this.#packer.write(buffer)
    Atomics.store(this.words, orderOf(this.#sent), slot * 2 + Number(isNew))
    // In this order: who finds that nothing more comes must find all that came before.
    if (more) Atomics.store(this.words, Word.more, 1)
    this.#sent = following(this.#sent)
    Atomics.store(this.words, Word.sent, this.#sent)
    if (!more) Atomics.store(this.words, Word.more, 0)
    this.#tell()
  }

  /** Says that nothing more is sent in this turn. */
  announceEnd(): void {
    if (Atomics.exchange(this.words, Word.more, 0) === 1) this.#tell()
  }

  /** Asks the writer to end after what was sent. */
  stop(): void {
    Atomics.store(this.words, Word.stop, 1)
    this.#tell()
  }

  /** The answers that have come since the last call, batch by batch, in the order in which they were sent. */
  *answers<Outcome>(): Generator<readonly Outcome[]> {
    const answered = Atomics.load(this.words, Word.answered)
    while (this.#read !== answered) {
      const slot = Atomics.load(this.words, orderOf(this.#read)) >> 1
      this.#read = following(this.#read)
      const buffer = this.#buffers[slot] as SharedBuffer
      const outcomes = unpack<readonly Outcome[]>(buffer)
      if (buffer.memory.byteLength > MOST_KEPT) this.#buffers[slot] = undefined
      this.#free.push(slot)
      yield outcomes
    }
  }

  #tell(): void {
    Atomics.add(this.words, Word.told, 1)
    Atomics.notify(this.words, Word.told)
  }
}
