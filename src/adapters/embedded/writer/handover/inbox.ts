import type { Source } from '../group-commit.ts'
import { following, MOST_KEPT, orderOf, Word } from './channel.ts'
import { Packer, type SharedBuffer, unpack, viewsOf } from './codec.ts'

// Milliseconds. Where one batch follows the other, the next is here sooner than a sleeper would be awake.
const SPIN = 0.15

// Milliseconds that a transaction is kept open for what the main thread is about to send. Others wait for its lock.
const PATIENCE = 1

// Items of a transaction. While it is committed, as many again can be made ready.
const MOST = 512

/** The writer's end of a channel. */
export class Inbox<Item, Outcome> {
  readonly #words: Int32Array
  readonly #buffers = new Map<number, SharedBuffer>()
  readonly #receive: () => SharedArrayBuffer
  readonly #packer = new Packer()
  readonly #wait: (told: number) => void
  #taken = 0
  #answered = 0
  // Of the transaction: its items, and until when more are waited for, 0 while they are not.
  #items: Item[] = []
  #end = 0
  // Of the batches that were taken and are not answered yet: how many items.
  #lengths: number[] = []

  /** @param receive the next of the new buffers */
  constructor(words: Int32Array, receive: () => SharedArrayBuffer) {
    this.#words = words
    this.#receive = receive
    this.#wait = waiter(words)
  }

  /**
   * Sleeps until there is something to write, and takes it. What is sent while that is written belongs to the same
   * transaction, for as long as the main thread says that more will come at once.
   *
   * @returns undefined when the writer is to end
   */
  next(): Source<Item> | undefined {
    for (;;) {
      const told = Atomics.load(this.#words, Word.told)
      if (this.#isSent) break
      if (Atomics.load(this.#words, Word.stop) === 1) return undefined
      this.#wait(told)
    }
    this.#items = []
    this.#end = 0
    while (this.#items.length < MOST && this.#isSent) this.#take()
    return { items: this.#items, more: () => this.#more() }
  }

  /** Answers what the transaction had. @param outcomes of each item, in the order of the items */
  answer(outcomes: readonly Outcome[]): void {
    let from = 0
    for (const length of this.#lengths) {
      const slot = this.#orderOf(this.#answered) >> 1
      this.#answered = following(this.#answered)
      const buffer = this.#buffers.get(slot) as SharedBuffer
      this.#packer.take(outcomes.slice(from, from + length))
      this.#packer.write(buffer)
      if (buffer.memory.byteLength > MOST_KEPT) this.#buffers.delete(slot)
      from += length
    }
    this.#lengths = []
    Atomics.store(this.#words, Word.answered, this.#answered)
  }

  get #isSent(): boolean {
    return Atomics.load(this.#words, Word.sent) !== this.#taken
  }

  #more(): boolean {
    while (this.#items.length < MOST) {
      // In this order: who says that nothing more comes has sent everything before.
      const told = Atomics.load(this.#words, Word.told)
      const isMore = Atomics.load(this.#words, Word.more) === 1
      if (this.#isSent) {
        this.#take()
        return true
      }
      if (!isMore) return false
      const now = performance.now()
      if (this.#end === 0) this.#end = now + PATIENCE
      if (now >= this.#end) return false
      // Without spinning: what is waited for is being made, on a core that may be this one.
      Atomics.wait(this.#words, Word.told, told, this.#end - now)
    }
    return false
  }

  #take(): void {
    const order = this.#orderOf(this.#taken)
    this.#taken = following(this.#taken)
    const slot = order >> 1
    if (order % 2 === 1) this.#buffers.set(slot, viewsOf(this.#receive()))
    const batch = unpack<readonly Item[]>(this.#buffers.get(slot) as SharedBuffer)
    this.#lengths.push(batch.length)
    for (const item of batch) this.#items.push(item)
  }

  #orderOf(batch: number): number {
    return Atomics.load(this.#words, orderOf(batch))
  }
}

/** Waits until something was told since. It spins, but only as long as the wait before was no longer than that. */
function waiter(words: Int32Array): (told: number) => void {
  let before = Number.POSITIVE_INFINITY
  return (told) => {
    const began = performance.now()
    if (before < SPIN) {
      for (let now = began; now - began < SPIN && Atomics.load(words, Word.told) === told; ) now = performance.now()
    }
    Atomics.wait(words, Word.told, told)
    before = performance.now() - began
  }
}
