import type { Head } from './items.ts'

const MOST = 50_000

/**
 * The ends of streams as this process last saw them. Another process may have moved them since, so a write based on
 * them is conditional.
 */
export class Heads {
  readonly #heads = new Map<string, Head>()

  get(streamId: string): Head | undefined {
    return this.#heads.get(streamId)
  }

  /** Caches a head; the one that was set the longest ago is evicted for it. */
  set(streamId: string, head: Head): void {
    this.#heads.delete(streamId)
    this.#heads.set(streamId, head)
    if (this.#heads.size <= MOST) return
    const [oldest] = this.#heads.keys()
    this.#heads.delete(oldest as string)
  }

  forget(streamId: string): void {
    this.#heads.delete(streamId)
  }
}
